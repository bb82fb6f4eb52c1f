import type { NewMail } from "@/db/port/mails";

/** Tells somebody that their password is another one. Nobody can flood an address by changing theirs again and again. */
export function passwordChanged(user: number, at: string): NewMail {
  return { kind: "password.changed", to: { user }, facts: {}, at, hourly: 4, urgent: true };
}

/** Tells the address that somebody had. `facts`: whose it was, so that the message goes with them. */
export function addressChanged(user: number, address: string, at: string): NewMail {
  return { kind: "address.changed", to: { address }, facts: { user }, at, hourly: 2 };
}
