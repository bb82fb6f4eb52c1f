import { Sorry } from "@/components/Sorry";

export default function NotFound() {
  return <Sorry title="Nothing is here" text="There is no page at this address; it may have been removed." />;
}
