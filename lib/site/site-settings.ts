// Keeps the site's settings in memory, because every page shows them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '#lib/platform/pg/db.ts';
import { BANNER_LEVELS, NO_SITE_SETTINGS, type SiteSettings } from './schema.ts';

/** Milliseconds. Changes by other processes appear with at most this delay. */
const MAX_AGE = 1_000;
/** Pages that need no database keep working without one, so they don't wait longer for the settings. */
const MAX_WAIT = 500;

export class SiteSettingsCache {
  readonly #db: Db;
  #latest: SiteSettings = NO_SITE_SETTINGS;
  #reading: { at: number; settings: Promise<SiteSettings> } | null = null;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Waits for the database, so that a new process takes no writes before it knows whether the site is read-only. */
  async open(): Promise<void> {
    this.#latest = await readSiteSettings({ db: this.#db });
  }

  /** Concurrent callers share one query. Without an answer of the database, the last known settings count. */
  read(): Promise<SiteSettings> {
    if (this.#reading && performance.now() - this.#reading.at < MAX_AGE) return this.#reading.settings;
    const settings = Promise.race([this.#load(), sleep(MAX_WAIT, null, { ref: false })]).then(
      (loaded) => loaded ?? this.#latest,
    );
    this.#reading = { at: performance.now(), settings };
    return settings;
  }

  /** The settings as last read, for callers that can't wait. */
  get latest(): SiteSettings {
    void this.read();
    return this.#latest;
  }

  /** The next read asks the database. Call it when another process has announced a change. */
  forget(): void {
    this.#reading = null;
  }

  /** Reads them again. Call it after a change by this process. */
  async refresh(): Promise<void> {
    this.#reading = null;
    await this.read();
  }

  async #load(): Promise<SiteSettings | null> {
    try {
      const settings = await readSiteSettings({ db: this.#db });
      this.#latest = settings;
      return settings;
    } catch {
      return null;
    }
  }
}

export async function readSiteSettings({ db }: { db: Pick<Db, 'siteSettings'> }): Promise<SiteSettings> {
  return toSettings(await db.siteSettings.findFirst());
}

/** Reads them in a change's transaction. Other changes wait until it ends. */
export async function lockSiteSettings(tx: Pick<Db, 'siteSettings'>): Promise<SiteSettings> {
  return toSettings(await tx.siteSettings.upsert({ where: { isOnly: true }, create: {}, update: { isOnly: true } }));
}

type Row = Omit<SiteSettings, 'bannerLevel'> & { isOnly: boolean; bannerLevel: string };

function toSettings(row: Row | null): SiteSettings {
  if (!row) return NO_SITE_SETTINGS;
  const { isOnly: _isOnly, bannerLevel, ...rest } = row;
  return { ...rest, bannerLevel: BANNER_LEVELS.find((level) => level === bannerLevel) ?? 'info' };
}
