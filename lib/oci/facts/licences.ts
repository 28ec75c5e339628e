// Licences as images declare them in `org.opencontainers.image.licenses`, an SPDX license expression.
// https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/

const MAX_LENGTH = 500;
const MAX_LICENCES = 5;

/** Ids that people use, in SPDX's spelling. */
const KNOWN =
  `0BSD AFL-3.0 AGPL-1.0-only AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-2.0
  BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-3-Clause BSD-4-Clause BSL-1.0 BUSL-1.1 CC-BY-4.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0
  CDDL-1.1 ECL-2.0 Elastic-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 GPL-1.0-or-later GPL-2.0-only GPL-2.0-or-later GPL-3.0-only
  GPL-3.0-or-later ISC LGPL-2.0-only LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-1.1
  MPL-2.0 MS-PL MulanPSL-2.0 NCSA ODbL-1.0 OFL-1.1 OSL-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 Ruby SSPL-1.0 Unlicense
  UPL-1.0 Vim W3C WTFPL X11 Zlib ZPL-2.1`.split(/\s+/);
const SPELLINGS = new Map(KNOWN.map((id) => [id.toLowerCase(), id]));

/** What publishers write for an id. SPDX has deprecated ids without `-only` or `-or-later`. */
const OTHERS = new Map(
  Object.entries({
    'agpl-3.0': 'AGPL-3.0-only',
    agplv3: 'AGPL-3.0-only',
    apache: 'Apache-2.0',
    apache2: 'Apache-2.0',
    'apache 2': 'Apache-2.0',
    'apache 2.0': 'Apache-2.0',
    'apache-2': 'Apache-2.0',
    'apache license 2.0': 'Apache-2.0',
    'apache license, version 2.0': 'Apache-2.0',
    'apache license version 2.0': 'Apache-2.0',
    'bsd 2-clause': 'BSD-2-Clause',
    'bsd 3-clause': 'BSD-3-Clause',
    'gpl-2.0': 'GPL-2.0-only',
    'gpl-2.0+': 'GPL-2.0-or-later',
    gplv2: 'GPL-2.0-only',
    'gplv2+': 'GPL-2.0-or-later',
    'gpl-3.0': 'GPL-3.0-only',
    'gpl-3.0+': 'GPL-3.0-or-later',
    gplv3: 'GPL-3.0-only',
    'gplv3+': 'GPL-3.0-or-later',
    'lgpl-2.1': 'LGPL-2.1-only',
    'lgpl-2.1+': 'LGPL-2.1-or-later',
    'lgpl-3.0': 'LGPL-3.0-only',
    lgplv3: 'LGPL-3.0-only',
    'mit license': 'MIT',
    'the mit license': 'MIT',
    mpl2: 'MPL-2.0',
    'mpl 2.0': 'MPL-2.0',
  }),
);

/**
 * Returns the SPDX ids that a licence expression names, in its order and each once. Unknown ids and exceptions are left
 * out.
 */
export function licencesIn(expression: string): string[] {
  const text = expression.slice(0, MAX_LENGTH).trim();
  const whole = licenceId(text);
  if (whole !== null) return [whole];
  const names = text
    .replace(/[()]/g, ' ')
    .split(/\s+(?:AND|OR)\s+|[,;|&]|\s\/\s/i)
    .map((name) => name.replace(/\s+WITH\s.*$/i, ''));
  const ids = names.map((name) => licenceId(name.trim())).filter((id) => id !== null);
  return [...new Set(ids)].slice(0, MAX_LICENCES);
}

function licenceId(name: string): string | null {
  const key = name.toLowerCase();
  return SPELLINGS.get(key) ?? OTHERS.get(key) ?? null;
}
