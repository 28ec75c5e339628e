// A walk is one person's way through the site, in every look. Each page on the way is checked.
import { expect, test, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { BASE_URL } from '../../fixtures.ts';
import { findViolations } from '../find-violations.ts';
import { signInByCookie } from '../people.ts';

type Look = {
  name: string;
  width: number;
  colorScheme: 'light' | 'dark';
  hasScripts: boolean;
};

const LOOKS: Look[] = [
  { name: 'screen', width: 1280, colorScheme: 'light', hasScripts: true },
  // Pages that fit 320 pixels fit wider phones, too.
  { name: 'dark phone', width: 320, colorScheme: 'dark', hasScripts: true },
  { name: 'phone without scripts', width: 390, colorScheme: 'light', hasScripts: false },
];
const HEIGHT = 844;
const WALK_TIMEOUT_MS = 240_000;
/** One look is enough, because all looks show the same links. */
const LOOK_OF_LINKS = 'screen';
/** Checks all axe rules in every state of a page. The others do so once per page, and in its other states what depends on the look. */
const ALL_RULES_LOOK = 'screen';
const LOOK_RULES = ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable'];
const LINKS_AT_ONCE = 4;

/** Links that a walk in this process has followed. */
const followed = new Set<string>();

/** Declares one test per look. */
export function walk(title: string, story: (walker: Walker) => Promise<void>): void {
  for (const look of LOOKS) {
    test(`${title} (${look.name})`, async ({ browser }) => {
      test.setTimeout(WALK_TIMEOUT_MS);
      const walker = await Walker.begin(browser, look);
      await story(walker);
      await walker.end();
    });
  }
}

export class Walker {
  readonly page: Page;
  readonly look: Look;
  readonly #browser: Browser;
  readonly #problems: string[] = [];
  readonly #visited = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #missing = new Set<string>();
  /** URL by the page that links it. */
  readonly #links = new Map<string, string>();

  private constructor(browser: Browser, look: Look, page: Page) {
    this.#browser = browser;
    this.look = look;
    this.page = page;
    this.#watch(page.context());
  }

  static async begin(browser: Browser, look: Look): Promise<Walker> {
    return new Walker(browser, look, await (await newContext(browser, look)).newPage());
  }

  get hasScripts(): boolean {
    return this.look.hasScripts;
  }

  /** Opens a page as another person would, in the same look. Visits of that person aren't checked. */
  async another(account?: { email: string }): Promise<Page> {
    const context = await newContext(this.#browser, this.look);
    this.#watch(context);
    const page = await context.newPage();
    if (account) await signInByCookie(page, account.email);
    return page;
  }

  /** Opens a page and checks it. */
  async open(path: string): Promise<void> {
    const answer = await this.page.goto(path);
    expect(answer?.status(), path).toBe(200);
    await this.see();
  }

  /** Opens a page that doesn't exist, and checks it. */
  async miss(path: string): Promise<void> {
    this.#missing.add(path);
    expect((await this.page.goto(path))?.status(), path).toBe(404);
    await this.see();
  }

  /** Follows a link or button of the header, which is in a menu on phones. */
  async fromHeader(name: string): Promise<void> {
    const header = this.page.getByRole('banner');
    const shown = header.getByRole('link', { name, exact: true }).filter({ visible: true });
    if ((await shown.count()) === 0) await header.locator('details[data-menu] summary:visible').click();
    await shown.first().click();
  }

  /** Checks the current page: accessibility, width, and that the anchors of its links exist. Collects its links. */
  async see(): Promise<void> {
    const { page } = this;
    const { pathname, search } = new URL(page.url());
    const where = `${pathname}${search}`;
    if (this.hasScripts) {
      const rules = this.look.name === ALL_RULES_LOOK || !this.#seen.has(pathname) ? undefined : LOOK_RULES;
      expect.soft(await findViolations(page, rules), `accessibility of ${where}`).toEqual([]);
    }
    this.#seen.add(pathname);
    expect.soft(await listWide(page), `elements of ${where} that are wider than the screen`).toEqual([]);
    const folded = await setFolds(page, true);
    if (folded > 0) {
      expect.soft(await listWide(page), `elements of ${where}, unfolded, that are too wide`).toEqual([]);
      await setFolds(page, false);
    }
    expect.soft(await listSpills(page), `elements of ${where} that cover the facts`).toEqual([]);
    if (this.look.name !== LOOK_OF_LINKS) return;
    const { links, lost } = await readLinks(page);
    expect.soft(lost, `anchors that ${where} links and lacks`).toEqual([]);
    for (const link of links) if (!this.#links.has(link)) this.#links.set(link, where);
  }

  /** Reports what the browser complained about, pages that weren't checked, and links that lead nowhere. */
  async end(): Promise<void> {
    expect.soft(this.#problems, 'console errors and requests that left the site').toEqual([]);
    expect
      .soft(
        [...this.#visited].filter((path) => !this.#seen.has(path)),
        'visited but not checked',
      )
      .toEqual([]);
    expect.soft(await this.#listBroken(), 'broken links').toEqual([]);
    await this.page.context().close();
  }

  async #listBroken(): Promise<string[]> {
    const broken: string[] = [];
    const links = [...this.#links].filter(([link]) => !followed.has(shapeOf(link)));
    for (const [link] of links) followed.add(shapeOf(link));
    const follow = async () => {
      for (let next = links.pop(); next; next = links.pop()) {
        const [link, source] = next;
        const status = (await this.page.request.get(link)).status();
        // Other tests delete what they made. The page that linked it must still do so.
        if (status >= 400 && (await this.#isLinked(link, source))) broken.push(`${status} ${link} of ${source}`);
      }
    };
    await Promise.all(Array.from({ length: LINKS_AT_ONCE }, follow));
    return broken;
  }

  async #isLinked(link: string, source: string): Promise<boolean> {
    const { pathname } = new URL(link);
    const html = await (await this.page.request.get(source)).text();
    return !this.#missing.has(pathname) && html.includes(pathname);
  }

  #watch(context: BrowserContext): void {
    context.on('weberror', (error) => this.#problems.push(String(error.error())));
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      const isExpected =
        message.text().includes('status of 404') && url !== '' && this.#missing.has(new URL(url).pathname);
      if (!isExpected) this.#problems.push(`${message.text()} ${url}`);
    });
    context.on('request', (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== BASE_URL)
        this.#problems.push(`request to ${request.url()}`);
    });
    if (context !== this.page.context()) return;
    this.page.on('framenavigated', (frame) => {
      if (frame === this.page.mainFrame() && frame.url().startsWith(BASE_URL))
        this.#visited.add(new URL(frame.url()).pathname);
    });
  }
}

/** Links to content by digest differ in the digest only. */
function shapeOf(link: string): string {
  return link.replaceAll(/[0-9a-f]{64}/g, '*');
}

function newContext(browser: Browser, { width, colorScheme, hasScripts }: Look): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: BASE_URL,
    viewport: { width, height: HEIGHT },
    colorScheme,
    javaScriptEnabled: hasScripts,
    reducedMotion: 'reduce',
  });
}

/** Opens a folded part of the page, unless it is open. */
export async function unfold(summary: Locator): Promise<void> {
  const isOpen = await summary.evaluate((element) => (element.closest('details') as HTMLDetailsElement).open);
  if (!isOpen) await summary.click();
}

/** Opens or closes what is folded in the content, and returns how many there are. */
function setFolds(page: Page, isOpen: boolean): Promise<number> {
  return page.evaluate((wanted) => {
    const mark = 'walkFolded';
    const all = [...document.querySelectorAll<HTMLDetailsElement>('main details')];
    const ours = all.filter((one) => (wanted ? !one.open : one.dataset[mark] !== undefined));
    for (const one of ours) {
      one.open = wanted;
      if (wanted) one.dataset[mark] = '';
      else delete one.dataset[mark];
    }
    return ours.length;
  }, isOpen);
}

/** Lists the innermost elements that make the page scroll sideways. */
function listWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    return [
      `${scrollWidth - clientWidth} pixels too wide`,
      ...wide
        .filter((one) => !wide.some((other) => one !== other && one.contains(other)))
        .map((one) => one.outerHTML.slice(0, 160)),
    ];
  });
}

/** Lists elements that reach from the content of a page into the column of facts beside it. */
function listSpills(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('aside[aria-label="Facts"]')].flatMap((rail) => {
      const column = rail.previousElementSibling;
      if (!column || rail.getBoundingClientRect().left < column.getBoundingClientRect().right) return [];
      const right = column.getBoundingClientRect().right + 1;
      const isCut = (element: Element) => {
        for (let around = element.parentElement; around && around !== column; around = around.parentElement)
          if (getComputedStyle(around).overflowX !== 'visible') return true;
        return false;
      };
      return [...column.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > right && !isCut(element))
        .map((element) => element.outerHTML.slice(0, 120));
    }),
  );
}

/** Lists the links to other pages of the site, and anchors of this page that it lacks. */
function readLinks(page: Page): Promise<{ links: string[]; lost: string[] }> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLAnchorElement>('a[href]')].filter(
      ({ origin, protocol }) => origin === location.origin && protocol.startsWith('http'),
    );
    const isHere = (link: HTMLAnchorElement) => link.pathname === location.pathname && link.search === location.search;
    const lost = all.filter(
      (link) => isHere(link) && link.hash && !document.getElementById(decodeURIComponent(link.hash.slice(1))),
    );
    const links = new Set(all.filter((link) => !isHere(link)).map((link) => link.href.split('#')[0] ?? ''));
    return { links: [...links], lost: lost.map(({ hash }) => hash) };
  });
}
