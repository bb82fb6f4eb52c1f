import { ThreadAlone } from "@/components/ThreadAlone";
import { toFragment } from "@/components/thread/fragment";
import { type AloneProps, readAlone } from "@/lib/http/alone";
import { type Framed, serverSide } from "@/lib/http/serverSide";

export const config = { unstable_runtimeJS: false };

export const getServerSideProps = serverSide<AloneProps>((context, visitor, t) =>
  readAlone(context, visitor, t, toFragment),
);

export default function ThreadByUrlPage(props: AloneProps & Framed) {
  return <ThreadAlone {...props} />;
}
