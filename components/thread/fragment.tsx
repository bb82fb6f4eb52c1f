import { renderToStaticMarkup } from "react-dom/server";
import { Discussion, type DiscussionProps } from "@/components/thread/Discussion";

/** The HTML of a thread alone, for static sites and for the element. */
export function toFragment(props: DiscussionProps): string {
  return renderToStaticMarkup(<Discussion {...props} />);
}
