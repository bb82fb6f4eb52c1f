import { ThreadAlone } from "@/components/ThreadAlone";
import { toFragment } from "@/components/thread/fragment";
import { createTranslator } from "@/components/thread/translator";
import { type AloneProps, readAlone } from "@/lib/http/alone";
import { type Framed, serverSide } from "@/lib/http/serverSide";
import en from "@/public/languages/en.json";

export const config = { unstable_runtimeJS: false };

const t = createTranslator("en", en);

export const getServerSideProps = serverSide<AloneProps>((context, visitor) =>
  readAlone(context, visitor, (alone, mails) => toFragment(alone, mails, t)),
);

export default function ThreadPage(props: AloneProps & Framed) {
  return <ThreadAlone {...props} t={t} />;
}
