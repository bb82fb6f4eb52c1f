import { Sorry } from "@/components/Sorry";

export default function Failed() {
  return (
    <Sorry
      title="Something went wrong"
      text="It is the server’s fault, and its log says more. Try again soon."
    />
  );
}
