// The part of a browser that signing in needs: cookies by origin, redirects and forms, without scripts.

export class BrowserSession {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Follows redirects to any site. `response.url` is the final URL. */
  async open(url: string, form?: Record<string, string>): Promise<{ url: string; status: number; text: string }> {
    let response = await this.#send(url, form);
    for (let hops = 0; response.status >= 300 && response.status < 400; hops += 1) {
      if (hops > 15) throw new Error(`too many redirects, the last to ${url}`);
      await response.body?.cancel();
      url = new URL(response.headers.get('location') ?? '', url).href;
      response = await this.#send(url);
    }
    return { url, status: response.status, text: await response.text() };
  }

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(new URL(origin).host)?.get(name);
  }

  async #send(url: string, form?: Record<string, string>): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), accept: 'text/html' };
    const body = form && { method: 'POST', body: new URLSearchParams(form) };
    const response = await fetch(url, { redirect: 'manual', headers, ...body });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
}
