/** To those who asked to hear of replies: they have yet to confirm. */
export const ASKED = "To hear of replies, confirm it: a message with a link is on its way to you.";

/** The same while their comment waits for a moderator. */
export const ASKED_LATER = "To hear of replies, confirm it then: a message with a link will come to you.";
