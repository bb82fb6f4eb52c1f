import { z } from "zod";

export const eventsQuery = z.strictObject({
  lastEventId: z.string().optional().meta({
    description:
      "The id of the last event that the caller had, for clients that can't send it as the header Last-Event-ID, which counts for more.",
  }),
});
