import { AntiphonComments } from "@/embed/AntiphonComments";

// A page may load the script twice.
if (!customElements.get("antiphon-comments")) customElements.define("antiphon-comments", AntiphonComments);
