import { AntiphonComments } from "@/embed/AntiphonComments";
import { AntiphonCount } from "@/embed/AntiphonCount";

// A page may load the script twice.
if (!customElements.get("antiphon-comments")) {
  customElements.define("antiphon-comments", AntiphonComments);
  customElements.define("antiphon-count", AntiphonCount);
}

// Without an export it would be bundled as CommonJS, which package.json names, and be 400 bytes longer.
export { AntiphonComments, AntiphonCount };
