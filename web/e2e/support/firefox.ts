import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

import { required } from "./environment.js";

/** What scripts of the browser give: a reference to a node, or a text. */
interface RemoteValue {
  readonly type: string;
  readonly value?: unknown;
  readonly sharedId?: string;
}

type Evaluated =
  | { readonly type: "success"; readonly result: RemoteValue }
  | { readonly type: "exception"; readonly exceptionDetails: { readonly text: string } };

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly message?: string;
}

/** Colours that the system asks pages for, as the preference says it. */
const SCHEMES = { dark: 0, light: 1 } as const;

export type Scheme = keyof typeof SCHEMES;

/** A Firefox with one page, driven through geckodriver by WebDriver BiDi. */
export class Firefox {
  readonly #driver: ChildProcess;
  readonly #session: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (message: Message) => void>();
  readonly #complaints: string[] = [];
  #context = "";
  #next = 1;

  private constructor(driver: ChildProcess, session: string, socket: WebSocket) {
    this.#driver = driver;
    this.#session = session;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.#receive(JSON.parse(String(data)) as Message);
    });
  }

  static async start(scheme: Scheme): Promise<Firefox> {
    const driver = spawn(
      required("OCI_LENS_GECKODRIVER"),
      ["--port", "0", "--websocket-port", "0"],
      {
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    try {
      const { session, socket } = await begin(await listening(driver), scheme);
      const firefox = new Firefox(driver, session, socket);
      await firefox.#prepare();
      return firefox;
    } catch (error) {
      driver.kill();
      throw error;
    }
  }

  async goTo(url: string): Promise<void> {
    await this.#send("browsingContext.navigate", {
      context: this.#context,
      url,
      wait: "complete",
    });
  }

  /** Runs a function in the page. What it takes and gives goes through JSON. */
  async evaluate<A extends unknown[], T>(
    work: (...given: A) => T | Promise<T>,
    ...given: A
  ): Promise<T> {
    const { value } = await this.#call(
      `async (given) => JSON.stringify(await (${String(work)})(...JSON.parse(given)) ?? null)`,
      { type: "string", value: JSON.stringify(given) },
    );
    return JSON.parse(String(value)) as T;
  }

  /** Chooses files in the input that the function finds. */
  async choose(input: () => Element | null | undefined, files: string[]): Promise<void> {
    const { sharedId } = await this.#call(String(input));
    await this.#send("input.setFiles", { context: this.#context, element: { sharedId }, files });
  }

  /** A picture of the page, as PNG. */
  async picture(): Promise<Buffer> {
    const taken = await this.#send("browsingContext.captureScreenshot", { context: this.#context });
    return Buffer.from((taken as { data: string }).data, "base64");
  }

  async setViewport(width: number, height: number): Promise<void> {
    const viewport = { width, height };
    await this.#send("browsingContext.setViewport", { context: this.#context, viewport });
  }

  /** What console, scripts and policy complained of; each is looked at once. */
  async complaints(): Promise<string[]> {
    const violations = await this.evaluate(() =>
      (globalThis as unknown as { violations: string[] }).violations.splice(0),
    );
    return [...this.#complaints.splice(0), ...violations];
  }

  /** Ends the browser and its driver. */
  async end(): Promise<void> {
    this.#socket.close();
    await fetch(this.#session, { method: "DELETE" }).catch(() => undefined);
    if (this.#driver.exitCode !== null) return;
    const gone = once(this.#driver, "exit");
    this.#driver.kill();
    await gone;
  }

  async #prepare(): Promise<void> {
    await once(this.#socket, "open");
    await this.#send("session.subscribe", { events: ["log.entryAdded"] });
    await this.#send("script.addPreloadScript", {
      functionDeclaration: String(() => {
        const violations: string[] = [];
        Object.assign(globalThis, { violations });
        document.addEventListener("securitypolicyviolation", (event) => {
          violations.push(`${event.violatedDirective} ${event.blockedURI}`);
        });
      }),
    });
    const tree = await this.#send("browsingContext.getTree", {});
    this.#context = (tree as { contexts: { context: string }[] }).contexts[0]?.context ?? "";
  }

  async #call(declaration: string, ...given: object[]): Promise<RemoteValue> {
    const evaluated = (await this.#send("script.callFunction", {
      functionDeclaration: declaration,
      arguments: given,
      awaitPromise: true,
      target: { context: this.#context },
    })) as Evaluated;
    if (evaluated.type === "exception") throw new Error(evaluated.exceptionDetails.text);
    return evaluated.result;
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ result, message = "" }) => {
        if (result === undefined) reject(new Error(`${method}: ${message}`));
        else resolve(result);
      });
    });
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#pending.get(message.id)?.(message);
      this.#pending.delete(message.id);
    } else if (message.method === "log.entryAdded") {
      const { level, text } = message.params as { level: string; text: string };
      if (level === "error" || level === "warn") this.#complaints.push(text);
    }
  }
}

/** Where the driver listens: it says so in its first lines. */
function listening(driver: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    driver.stdout?.on("data", (chunk) => {
      said += String(chunk);
      const [, address] = /Listening on ([\d.]+:\d+)/.exec(said) ?? [];
      if (address !== undefined) resolve(`http://${address}`);
    });
    driver.on("exit", () => {
      reject(new Error(`the driver does not listen: ${said}`));
    });
  });
}

async function begin(
  driver: string,
  scheme: Scheme,
): Promise<{ session: string; socket: WebSocket }> {
  const answer = await fetch(`${driver}/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      capabilities: {
        alwaysMatch: {
          webSocketUrl: true,
          "moz:firefoxOptions": {
            binary: required("OCI_LENS_FIREFOX"),
            args: ["-headless"],
            prefs: { "layout.css.prefers-color-scheme.content-override": SCHEMES[scheme] },
          },
        },
      },
    }),
  });
  const { value } = (await answer.json()) as {
    value: { sessionId: string; capabilities: { webSocketUrl: string }; message?: string };
  };
  if (!answer.ok) throw new Error(`Firefox does not start: ${value.message ?? ""}`);
  return {
    session: `${driver}/session/${value.sessionId}`,
    socket: new WebSocket(value.capabilities.webSocketUrl),
  };
}

/** Runs a test in a Firefox of its own. A complaint that the test has not looked at fails it. */
export async function inFirefox(
  scheme: Scheme,
  work: (firefox: Firefox) => Promise<void>,
): Promise<void> {
  const firefox = await Firefox.start(scheme);
  try {
    await work(firefox);
    const complaints = await firefox.complaints();
    if (complaints.length > 0) throw new Error(`complaints:\n${complaints.join("\n")}`);
  } finally {
    await firefox.end();
  }
}
