import { TakenOver } from "@/components/thread/TakenOver";
import { toSaid } from "@/components/thread/toSaid";
import type { ShownDiscussion } from "@/lib/http/discussion";
import type { Framed } from "@/lib/http/serverSide";
import { threadTranslator } from "@/lib/texts";

interface Props extends Pick<Framed, "visitor" | "mails" | "language"> {
  discussion: ShownDiscussion;
}

/** The thread on one of our own pages: for whoever looks, with what became of their form. */
export function PageThread({
  discussion: { notice, origin, ...discussion },
  visitor,
  mails,
  language,
}: Props) {
  const t = threadTranslator(language);
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
