// The server's answers; all addresses are relative, so that a proxy may put the server below a path.

/** An answer that says what is wrong. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Server {
  key = "";

  /** The names of loaded models, the default one first. */
  async models() {
    const answer = await this.#ask("model/registry");
    return (await answer.json()).models.map(model => model.model_id);
  }

  /** Everything above the least threshold that the page offers, with the time from sending to the whole answer. */
  async detect(blob, model, signal) {
    const query = new URLSearchParams({ threshold: "0.05" });
    if (model)
      query.set("model", model);
    const begin = performance.now();
    const answer = await this.#ask(`detect?${query}`, {
      method: "POST",
      body: blob,
      headers: { "Content-Type": blob.type || "application/octet-stream", Accept: "application/json" },
      signal,
    });
    const result = await answer.json();
    return { result, roundTrip: performance.now() - begin };
  }

  /** A stream of frames. A page sets no header of a WebSocket but its protocols; in the address the key would be seen by proxies. */
  stream(model) {
    const url = new URL("stream", document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (model)
      url.searchParams.set("model", model);
    return new WebSocket(url, this.key ? ["rfdetr.stream", `rfdetr.key.${base64Url(this.key)}`] : ["rfdetr.stream"]);
  }

  async #ask(path, options = {}) {
    const headers = { ...options.headers, ...this.key ? { Authorization: `Bearer ${this.key}` } : {} };
    let answer;
    try {
      answer = await fetch(path, { ...options, headers });
    } catch (e) {
      if (e.name === "AbortError")
        throw e;
      throw new Refusal(0, "The server cannot be reached.");
    }
    if (answer.ok)
      return answer;
    let message = `The server answered with status ${answer.status}.`;
    try {
      message = (await answer.json()).message ?? message;
    } catch {
      // An answer of another program on the way; its status says enough.
    }
    throw new Refusal(answer.status, message);
  }
}

function base64Url(text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
