import { Confirm } from "@/components/Confirm";
import { keepSecret } from "@/lib/http/mailedPage";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { findDone, findOffer } from "@/lib/mail/offers";
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
const OVER = {
  title: "This link is over",
  text: ["It was used, or is too old, or what it was about has changed meanwhile."],
};

export const getServerSideProps = serverSide<Props>(async (context) => {
  keepSecret(context.res);
  const refusal = readRefusal(context, {});
  if (refusal) return { ...NOTHING, title: "That did not work", text: [refusal.text] };
  const done = findDone(readParameter(context, "done") ?? "");
  if (done) return { ...NOTHING, title: done.title, text: [done.text] };
  const offer = await findOffer(await store(), readParameter(context, "token") ?? "", Date.now());
  if (!offer) return { ...NOTHING, ...OVER };
  const { title, text, quote = null, effect = null, button, token } = await offer.ask();
  return { title, text, quote, effect, ask: button === null ? null : { token, button } };
});

export default function ConfirmPage({ title, text, quote, effect, ask }: Props) {
  const form = ask && { action: "/api/confirm", hidden: { token: ask.token }, button: ask.button };
  return <Confirm title={title} text={text} quote={quote} effect={effect} form={form} />;
}
