import { Confirm } from "@/components/Confirm";
import { keepSecret } from "@/lib/http/mailedPage";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import type { Question } from "@/lib/mail/offer";
import { findDone, findOffer } from "@/lib/mail/offers";
import { readRefusal } from "@/lib/notices";
import { store } from "@/lib/store";

interface Props {
  title: string;
  text: string[];
  ask: { token: string; button: string } | null;
}

const OVER = {
  title: "This link is over",
  text: ["It was used, or is too old, or what it was about has changed meanwhile."],
};

export const getServerSideProps = serverSide<Props>(async (context) => {
  keepSecret(context.res);
  const refusal = readRefusal(context, {});
  if (refusal) return { title: "That did not work", text: [refusal.text], ask: null };
  const done = findDone(readParameter(context, "done") ?? "");
  if (done) return { title: done.title, text: [done.text], ask: null };
  const token = readParameter(context, "token") ?? "";
  const offer = await findOffer(await store(), token, Date.now());
  if (!offer) return { ...OVER, ask: null };
  const { title, text, button }: Question = await offer.ask();
  return { title, text, ask: { token, button } };
});

export default function ConfirmPage({ title, text, ask }: Props) {
  const form = ask && { action: "/api/confirm", hidden: { token: ask.token }, button: ask.button };
  return <Confirm title={title} text={text} form={form} />;
}
