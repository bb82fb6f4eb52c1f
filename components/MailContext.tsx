import { createContext } from "react";

/** Whether this server sends mail. */
export const MailContext = createContext(false);
