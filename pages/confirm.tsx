import { Confirm } from "@/components/Confirm";
import { keepSecret } from "@/lib/http/mailedPage";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { findOffer, isOffer } from "@/lib/mail/offers";
import { readRefusal } from "@/lib/notices";
import { store } from "@/lib/store";

interface Props {
  title: string;
  text: string[];
  quote: string | null;
  effect: string | null;
  ask: { token: string; button: string } | null;
}

const NOTHING = { quote: null, effect: null, ask: null };

export const getServerSideProps = serverSide<Props>(async (context, _visitor, t) => {
  keepSecret(context.res);
  const refusal = readRefusal(context, t);
  if (refusal) return { ...NOTHING, title: t("refused"), text: [refusal.text] };
  const done = readParameter(context, "done") ?? "";
  if (isOffer(done)) return { ...NOTHING, title: t(`${done}.done`), text: [t(`${done}.doneText`)] };
  const offer = await findOffer(await store(), readParameter(context, "token") ?? "", Date.now());
  if (!offer) return { ...NOTHING, title: t("over.title"), text: [t("over.text")] };
  const { title, text, quote = null, effect = null, button, token } = await offer.ask(t);
  return { title, text, quote, effect, ask: button === null ? null : { token, button } };
});

export default function ConfirmPage({ title, text, quote, effect, ask }: Props) {
  const form = ask && { action: "/api/confirm", hidden: { token: ask.token }, button: ask.button };
  return <Confirm title={title} text={text} quote={quote} effect={effect} form={form} />;
}
