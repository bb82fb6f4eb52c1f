import type { AntiphonEvents } from "@/public/embed";

/** What the events of the element tell, by their names without `antiphon:`. */
export type Details = {
  [N in keyof AntiphonEvents as N extends `antiphon:${infer Name}`
    ? Name
    : never]: AntiphonEvents[N]["detail"];
};
