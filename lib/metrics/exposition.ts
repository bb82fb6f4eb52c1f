import type { Family, Snapshot } from "@/lib/metrics/family";

/** The text format of Prometheus, version 0.0.4. */
export const EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Families as Prometheus reads them: what each process counts with its place as the label `worker`, so that a new one's
 * zero is not taken for a fall of all; then what is the same whichever process is asked. Of two in one place, one of which
 * is on its way out, the newer one counts.
 */
export function toExposition(snapshots: Snapshot[], shared: Family[]): string {
  const places = new Map<string, Snapshot>();
  for (const one of [...snapshots].sort((a, b) => a.since - b.since)) places.set(one.worker, one);
  const families = new Map<string, Family>();
  for (const [worker, snapshot] of [...places].sort(([a], [b]) => Number(a) - Number(b)))
    for (const family of snapshot.families) {
      const samples = family.samples.map((one) => ({ ...one, labels: { worker, ...one.labels } }));
      const known = families.get(family.name);
      if (known) known.samples.push(...samples);
      else families.set(family.name, { ...family, samples });
    }
  return [...families.values(), ...shared].map(toText).join("");
}

function toText({ name, help, type, samples }: Family): string {
  const lines = samples.map(
    ({ suffix = "", labels, value }) => `${name}${suffix}${toLabels(labels)} ${toNumber(value)}\n`,
  );
  return `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function toLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
}

function escapeValue(value: string): string {
  return value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
}

function toNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
