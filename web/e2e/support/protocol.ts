import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A page or worker of the browser. */
export interface Target {
  session: string;
  type: string;
  /** A worker's name. */
  title: string;
  url: string;
  gone: boolean;
}

/** What a page or worker complained of. */
export interface Complaint {
  kind: "console" | "exception" | "violation";
  target: string;
  text: string;
}

interface Message {
  id?: number;
  method?: string;
  sessionId?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { message: string };
}

/** What was sent, and is not answered yet. */
interface Pending {
  session: string | undefined;
  answer: (message: Message) => void;
}

// What is asked of every page and worker before it runs its first line.
const ENABLED = ["Runtime.enable", "Log.enable", "Audits.enable"];

/**
 * The browser's own protocol, beside the one that drives the page: it sees
 * every worker, workers of workers too, from before their first line.
 */
export class Protocol {
  readonly targets: Target[] = [];
  readonly complaints: Complaint[] = [];
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #origin: string;
  #next = 1;

  private constructor(socket: WebSocket, origin: string) {
    this.#socket = socket;
    this.#origin = origin;
    socket.addEventListener("message", (event) => {
      this.#receive(JSON.parse(String(event.data)) as Message);
    });
  }

  /** Connects to the browser that uses this profile, for pages of one origin. */
  static async connect(profile: string, origin: string): Promise<Protocol> {
    const [port = "", path = ""] = readFileSync(join(profile, "DevToolsActivePort"), "utf8").split(
      "\n",
    );
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const protocol = new Protocol(socket, origin);
    await protocol.#attach(undefined);
    return protocol;
  }

  send(method: string, params: object = {}, session?: string): Promise<unknown> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: session }));
    return new Promise((resolve, reject) => {
      const answer = ({ error, result }: Message): void => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      };
      this.#pending.set(id, { session, answer });
    });
  }

  /** Workers that are there now, by their name. */
  workers(name: string): Target[] {
    return this.targets.filter(
      ({ type, title, gone }) => type === "worker" && title === name && !gone,
    );
  }

  close(): void {
    this.#socket.close();
  }

  async #attach(session: string | undefined): Promise<void> {
    await this.send(
      "Target.setAutoAttach",
      { autoAttach: true, waitForDebuggerOnStart: true, flatten: true },
      session,
    );
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#pending.get(message.id)?.answer(message);
      this.#pending.delete(message.id);
      return;
    }
    const { method, params = {}, sessionId } = message;
    if (method === "Target.attachedToTarget") this.#attached(params);
    if (method === "Target.detachedFromTarget") {
      this.#detached(String(params["sessionId"]));
    }
    const target = this.targets.find(({ session }) => session === sessionId);
    // The browser's own pages complain of things that are none of ours.
    if (!target?.url.startsWith(this.#origin)) return;
    const complaint = complaintOf(method, params);
    if (complaint) this.complaints.push({ ...complaint, target: nameOf(target) });
  }

  #attached(params: Record<string, unknown>): void {
    const { sessionId, targetInfo } = params as {
      sessionId: string;
      targetInfo: { type: string; title: string; url: string };
    };
    const { type, title } = targetInfo;
    const target: Target = { session: sessionId, type, title, url: targetInfo.url, gone: false };
    // The first page is blank when it is attached to.
    if (type === "page") target.url = this.#origin;
    this.targets.push(target);
    const quietly = (sent: Promise<unknown>): void => {
      sent.catch(() => undefined);
    };
    for (const method of ENABLED) quietly(this.send(method, {}, sessionId));
    quietly(this.#attach(sessionId));
    quietly(this.send("Runtime.runIfWaitingForDebugger", {}, sessionId));
  }

  // Whoever is gone answers nothing any more.
  #detached(session: string): void {
    for (const target of this.targets) {
      if (target.session === session) target.gone = true;
    }
    for (const [id, pending] of this.#pending) {
      if (pending.session !== session) continue;
      this.#pending.delete(id);
      pending.answer({ error: { message: "the target is gone" } });
    }
  }
}

function nameOf({ type, title }: Target): string {
  return type === "worker" ? `worker ${title}` : type;
}

function complaintOf(
  method: string | undefined,
  params: Record<string, unknown>,
): Omit<Complaint, "target"> | undefined {
  switch (method) {
    case "Log.entryAdded": {
      const { level, text } = params["entry"] as { level: string; text: string };
      return level === "error" || level === "warning" ? { kind: "console", text } : undefined;
    }
    case "Runtime.consoleAPICalled": {
      const type = String(params["type"]);
      if (type !== "error" && type !== "warning" && type !== "assert") return undefined;
      return { kind: "console", text: JSON.stringify(params["args"]) };
    }
    case "Runtime.exceptionThrown": {
      const { text, exception } = params["exceptionDetails"] as {
        text: string;
        exception?: { description?: string };
      };
      const [first, second] = (exception?.description ?? "").split("\n");
      return { kind: "exception", text: [text, first, second].filter(Boolean).join(" ") };
    }
    case "Audits.issueAdded": {
      const { code, details } = params["issue"] as { code: string; details: object };
      if (code !== "ContentSecurityPolicyIssue") return undefined;
      return { kind: "violation", text: JSON.stringify(details) };
    }
    default:
      return undefined;
  }
}
