import Head from "next/head";
import { useTexts } from "@/components/LanguageContext";
import { Page } from "@/components/Page";
import { Subscriptions } from "@/components/Subscriptions";
import { keepSecret } from "@/lib/http/mailedPage";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { requireVisitor } from "@/lib/http/visitor";
import { repliesManage } from "@/lib/mail/proofs/repliesManage";
import { readRefusal } from "@/lib/notices";
import type { SubscriptionAnswer } from "@/lib/schemas/subscriptions";
import { store } from "@/lib/store";
import { listSubscriptions } from "@/lib/subscriptions";

interface Props {
  /** Null where the link is over. */
  all: SubscriptionAnswer[] | null;
  token: string | null;
  notice: string | null;
}

export const getServerSideProps = serverSide<Props>(
  async (context, found, t) => {
    const kept = await store();
    const token = readParameter(context, "token") ?? null;
    const refusal = readRefusal(context, t);
    const done = readParameter(context, "done") === "1" ? t("done") : null;
    const notice = refusal?.text ?? done;
    if (token === null) {
      const { user } = requireVisitor(context, found);
      const reader = await kept.subscriptions.readerOf(user.id);
      return { all: await listSubscriptions(kept, reader?.id ?? null), token, notice };
    }
    keepSecret(context.res);
    const reader = await repliesManage.read(kept, token, Date.now());
    // A guest who ended the last one is nobody any more.
    if (!reader) return { all: done ? [] : null, token, notice };
    return { all: await listSubscriptions(kept, reader.reader), token, notice };
  },
  ["mail"],
);

export default function SubscriptionsPage({ all, token, notice }: Props) {
  const t = useTexts();
  return (
    <Page title={t("mail.title")}>
      <Head>
        <meta name="robots" content="noindex" />
      </Head>
      <h1>{t("mail.title")}</h1>
      <div role="status">{notice && <p className="notice held">{notice}</p>}</div>
      {all === null ? <p>{t("mail.over")}</p> : <Subscriptions all={all} token={token} />}
    </Page>
  );
}
