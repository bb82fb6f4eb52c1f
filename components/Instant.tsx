import { useTexts } from "@/components/LanguageContext";

/** An instant (ISO 8601) in UTC. A browser may write it in another way than the server did, which then stays. */
export function Instant({ at, only }: { at: string; only?: "day" }) {
  const t = useTexts();
  const day = () => new Date(at).toLocaleDateString(t.language, { dateStyle: "long", timeZone: "UTC" });
  return (
    <time dateTime={at} suppressHydrationWarning>
      {only === "day" ? day() : t.date(at)}
    </time>
  );
}
