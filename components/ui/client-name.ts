// Readable names of clients. Callers keep the raw header as a title, because it can be forged and says more.

type Rule = { name: string; pattern: RegExp };

/** Registry clients and HTTP tools, most specific first: Docker's header also names its Go and kernel versions. */
const TOOLS: readonly Rule[] = [
  { name: 'BuildKit', pattern: /\bbuildkit\/v?(\d+(?:\.\d+)*)/i },
  { name: 'Docker', pattern: /\bdocker\/v?(\d+(?:\.\d+)*)/i },
  { name: 'Podman', pattern: /\b(?:podman|libpod)\/v?(\d+(?:\.\d+)*)/i },
  { name: 'Skopeo', pattern: /\bskopeo\/v?(\d+(?:\.\d+)*)/i },
  { name: 'Buildah', pattern: /\bbuildah\/v?(\d+(?:\.\d+)*)/i },
  { name: 'CRI-O', pattern: /\bcri-o\/v?(\d+(?:\.\d+)*)/i },
  { name: 'containerd', pattern: /\bcontainerd\/v?(\d+(?:\.\d+)*)/i },
  { name: 'Helm', pattern: /\bhelm\/v?(\d+(?:\.\d+)*)/i },
  { name: 'ORAS', pattern: /\boras(?:-go)?\/v?(\d+(?:\.\d+)*)/i },
  { name: 'Cosign', pattern: /\bcosign\/v?(\d+(?:\.\d+)*)/i },
  { name: 'crane', pattern: /\bcrane\/v?(\d+(?:\.\d+)*)/i },
  { name: 'regclient', pattern: /\breg(?:client\/)?(?:regctl|regsync|regbot|client)\/?v?(\d+(?:\.\d+)*)?/i },
  { name: 'go-containerregistry', pattern: /\bgo-containerregistry\/v?(\d+(?:\.\d+)*)/i },
  { name: 'containers/image', pattern: /\bcontainers\/v?(\d+(?:\.\d+)*)/i },
  { name: 'curl', pattern: /^curl\/(\d+(?:\.\d+)*)/i },
  { name: 'Wget', pattern: /^wget\/(\d+(?:\.\d+)*)/i },
  { name: 'Python', pattern: /\b(?:python-requests|python-urllib|aiohttp)\/(\d+(?:\.\d+)*)/i },
  { name: 'Go program', pattern: /^go-http-client\/(\d+(?:\.\d+)*)/i },
  { name: 'Node.js', pattern: /^(?:node|undici)(?:\/v?(\d+(?:\.\d+)*))?/i },
];

/** Most specific first: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari. */
const BROWSERS: readonly Rule[] = [
  { name: 'Edge', pattern: /\bEdg(?:A|iOS)?\/(\d+)/ },
  { name: 'Opera', pattern: /\bOPR\/(\d+)/ },
  { name: 'Samsung Internet', pattern: /\bSamsungBrowser\/(\d+)/ },
  { name: 'Firefox', pattern: /\b(?:Firefox|FxiOS)\/(\d+)/ },
  { name: 'Chrome', pattern: /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/ },
  { name: 'Safari', pattern: /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\// },
];

const SYSTEMS: readonly Rule[] = [
  { name: 'iPhone', pattern: /\biPhone\b/ },
  { name: 'iPad', pattern: /\biPad\b/ },
  { name: 'Android', pattern: /\bAndroid\b/ },
  { name: 'Windows', pattern: /\bWindows\b/ },
  { name: 'ChromeOS', pattern: /\bCrOS\b/ },
  { name: 'macOS', pattern: /\bMac(?:intosh| OS X)\b/ },
  { name: 'Linux', pattern: /\bLinux\b/ },
];

const MAX_READ = 512;
const MAX_SHOWN = 40;

/**
 * Names the client that sent a `User-Agent`: `Firefox 128 on Linux`, `Docker 27.0.3`. Shortens a header it doesn't
 * recognise to its first product.
 */
export function clientName(userAgent: string): string {
  const text = userAgent.slice(0, MAX_READ).trim();
  const browser = text.startsWith('Mozilla/') ? matchRule(BROWSERS, text) : null;
  const system = SYSTEMS.find(({ pattern }) => pattern.test(text));
  if (browser) return system ? `${browser} on ${system.name}` : browser;
  return matchRule(TOOLS, text) ?? firstProduct(text);
}

function matchRule(rules: readonly Rule[], text: string): string | null {
  for (const { name, pattern } of rules) {
    const found = pattern.exec(text);
    if (found) return found[1] ? `${name} ${found[1]}` : name;
  }
  return null;
}

function firstProduct(text: string): string {
  const [product = ''] = text.split(/[\s(;]/, 1);
  const shown = product.replace('/', ' ');
  if (shown === '') return 'Unknown client';
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
}
