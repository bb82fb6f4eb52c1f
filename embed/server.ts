const script = document.currentScript;

/** The origin that this script came from: the server's, where the element does not name another. */
export const HOME = script instanceof HTMLScriptElement ? new URL(script.src).origin : location.origin;
