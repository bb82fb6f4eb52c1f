/** Why a form was refused. `field`: the name of the field that is to blame. */
export interface FormRefusal {
  text: string;
  field: string | null;
}

interface Refused {
  error: string;
  issues?: { path: (string | number)[]; message: string }[];
}

/** Posts a form's fields as JSON. Null once it is taken. */
export async function sendForm(path: string, fields: Record<string, string>): Promise<FormRefusal | null> {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(fields),
    });
    return answer.ok ? null : toRefusal(await answer.json());
  } catch {
    return { text: "The server can’t be reached. Try again.", field: null };
  }
}

function toRefusal({ error, issues = [] }: Refused): FormRefusal {
  const [first] = issues;
  const field = first?.path[0];
  return { text: `${first?.message ?? error}.`, field: typeof field === "string" ? field : null };
}
