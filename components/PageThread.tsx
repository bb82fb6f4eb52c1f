import { TakenOver } from "@/components/thread/TakenOver";
import { toSaid } from "@/components/thread/toSaid";
import type { Translator } from "@/components/thread/translator";
import type { ShownDiscussion } from "@/lib/http/discussion";
import type { Framed } from "@/lib/http/serverSide";

interface Props extends Framed {
  discussion: ShownDiscussion;
  t: Translator;
}

/** The thread on one of our own pages: for whoever looks, with what became of their form. */
export function PageThread({ discussion: { notice, origin, ...discussion }, visitor, mails, t }: Props) {
  return (
    <TakenOver
      {...discussion}
      t={t}
      visitor={visitor?.user.name ?? null}
      mails={mails}
      said={toSaid(t, notice, origin)}
    />
  );
}
