// Models /v2's guarantees. After each response at least one state of the model must explain it, otherwise the response
// was wrong. Blobs, manifests, tags and repositories are numbers here. distribution-world.ts has their bytes and names.

export type Op =
  | { do: 'push blob' | 'head blob' | 'get blob' | 'delete blob'; repo: number; blob: number }
  | { do: 'mount'; repo: number; from: number; blob: number }
  | { do: 'put manifest'; repo: number; manifest: number; tag: number | null }
  | { do: 'get manifest' | 'delete manifest' | 'list referrers'; repo: number; manifest: number }
  | { do: 'get tag' | 'delete tag'; repo: number; tag: number }
  | { do: 'list tags' | 'delete repository'; repo: number }
  /** `deletion` counts from the first one of the run. */
  | { do: 'restore'; deletion: number }
  /** Ages everything beyond the grace period. */
  | { do: 'let time pass' }
  | { do: 'collect'; how: Collecting };

/** Garbage collection with its grace period or without one. */
export type Collecting = 'patient' | 'eager';

/** Blobs, subject and children of each manifest, by number. An index has no blobs. */
export type Shape = { blobs: number[]; subject: number | null; children: number[] };

type Link = 'fresh' | 'aged';
type Repository = {
  /** Null while deleted but restorable. */
  name: number | null;
  links: Record<number, Link>;
  manifests: number[];
  tags: Record<number, number>;
};
type Deletion = {
  repository: number;
  name: number;
  what: { tag: number; manifest: number } | { manifest: number; tags: number[] } | null;
  isRestored: boolean;
};
export type State = { repositories: Repository[]; deletions: Deletion[] };

export const EMPTY: State = { repositories: [], deletions: [] };

/**
 * Returns the state after `op` got `result`, or null when nothing explains that result. With `collecting`, garbage
 * collection runs concurrently, so garbage may vanish at any moment, which the first response that depends on it
 * reveals.
 */
export function explain(
  shapes: Shape[],
  before: State,
  op: Op,
  result: string,
  collecting: Collecting | null,
): State | null {
  const state = structuredClone(before);
  const transition = new Transition(shapes, state, collecting);
  return transition[op.do](op as never, result) ? state : null;
}

/** Each method returns whether `result` is possible and updates the state. */
class Transition {
  readonly #shapes: Shape[];
  readonly #state: State;
  readonly #collecting: Collecting | null;

  constructor(shapes: Shape[], state: State, collecting: Collecting | null) {
    this.#shapes = shapes;
    this.#state = state;
    this.#collecting = collecting;
  }

  'push blob'({ repo, blob }: { repo: number; blob: number }, result: string): boolean {
    const { links } = this.#ensure(repo);
    if (result === '201') links[blob] = 'fresh';
    // The collector has checked the old bytes but not removed them yet.
    return result === '201' || (result === '503' && this.#collecting === 'eager' && this.#isAbsent(repo, blob));
  }

  'head blob'(asked: { repo: number; blob: number }, result: string): boolean {
    const repository = this.#find(asked.repo);
    const isRight = this['get blob'](asked, result);
    if (isRight && repository && result === '200') repository.links[asked.blob] = 'fresh';
    return isRight;
  }

  'get blob'({ repo, blob }: { repo: number; blob: number }, result: string): boolean {
    if (result === '404') return this.#isAbsent(repo, blob);
    return result === '200' && this.#has(repo, blob);
  }

  'delete blob'({ repo, blob }: { repo: number; blob: number }, result: string): boolean {
    if (result === '404') return this.#isAbsent(repo, blob);
    const repository = this.#find(repo);
    if (!repository || !this.#has(repo, blob)) return false;
    const isNeeded = this.#isNeeded(repository, blob);
    if (result === '405') return isNeeded;
    delete repository.links[blob];
    return result === '202' && !isNeeded;
  }

  mount({ repo, from, blob }: { repo: number; from: number; blob: number }, result: string): boolean {
    if (result === '202') {
      if (!this.#isAbsent(from, blob)) return false;
      this.#ensure(repo);
      return true;
    }
    if (result !== '201' || !this.#has(from, blob)) return false;
    this.#ensure(repo).links[blob] = 'fresh';
    return true;
  }

  'put manifest'(asked: { repo: number; manifest: number; tag: number | null }, result: string): boolean {
    const { repo, manifest, tag } = asked;
    const { blobs } = this.#shapeOf(manifest);
    // The repository was deleted concurrently.
    if (result === '404') return this.#find(repo) === undefined;
    const unknown = /^400 ([\d,]+)$/.exec(result)?.[1]?.split(',').map(Number);
    if (unknown) {
      return blobs.every((blob) => (unknown.includes(blob) ? this.#isAbsent(repo, blob) : this.#has(repo, blob)));
    }
    if (result !== '201' || !blobs.every((blob) => this.#has(repo, blob))) return false;
    const repository = this.#ensure(repo);
    if (!repository.manifests.includes(manifest)) repository.manifests.push(manifest);
    if (tag !== null) repository.tags[tag] = manifest;
    return true;
  }

  'get manifest'({ repo, manifest }: { repo: number; manifest: number }, result: string): boolean {
    const isThere = this.#find(repo)?.manifests.includes(manifest) ?? false;
    return result === (isThere ? `200 ${manifest}` : '404');
  }

  'get tag'({ repo, tag }: { repo: number; tag: number }, result: string): boolean {
    const manifest = this.#find(repo)?.tags[tag];
    return result === (manifest === undefined ? '404' : `200 ${manifest}`);
  }

  'list tags'({ repo }: { repo: number }, result: string): boolean {
    const repository = this.#find(repo);
    if (repository) return result === `200 ${Object.keys(repository.tags).sort().join()}`;
    // The first push creates the repository before its content, so it may be seen empty.
    const isNew = this.#state.deletions.every(({ name }) => name !== repo);
    return result === '404' || (isNew && result === '200 ');
  }

  'list referrers'({ repo, manifest: subject }: { repo: number; manifest: number }, result: string): boolean {
    const all = this.#find(repo)?.manifests ?? [];
    const referring = all.filter((manifest) => this.#shapeOf(manifest).subject === subject);
    return result === `200 ${referring.sort((a, b) => a - b).join()}`;
  }

  'delete tag'({ repo, tag }: { repo: number; tag: number }, result: string): boolean {
    const repository = this.#find(repo);
    const manifest = repository?.tags[tag];
    if (!repository || manifest === undefined) return result === '404';
    delete repository.tags[tag];
    this.#noteDeletion(repository, { tag, manifest });
    return result === '202';
  }

  'delete manifest'({ repo, manifest }: { repo: number; manifest: number }, result: string): boolean {
    const repository = this.#find(repo);
    if (!repository?.manifests.includes(manifest)) return result === '404';
    const isListed = this.#isListed(repository, manifest);
    if (result === '405') return isListed;
    const tags = Object.keys(repository.tags).map(Number);
    const gone = tags.filter((tag) => repository.tags[tag] === manifest);
    for (const tag of gone) delete repository.tags[tag];
    repository.manifests = repository.manifests.filter((other) => other !== manifest);
    // The grace period of blobs that only this manifest needed starts now.
    for (const blob of this.#shapeOf(manifest).blobs) repository.links[blob] = 'fresh';
    this.#noteDeletion(repository, { manifest, tags: gone });
    return result === '202' && !isListed;
  }

  'delete repository'({ repo }: { repo: number }, result: string): boolean {
    const repository = this.#find(repo);
    if (!repository) return result === '404';
    this.#noteDeletion(repository, null);
    repository.name = null;
    return result === '202';
  }

  restore({ deletion: number }: { deletion: number }, result: string): boolean {
    const deletion = this.#state.deletions[number];
    const repository = deletion && this.#state.repositories[deletion.repository];
    if (!repository || deletion.isRestored) return result === '404';
    if (!this.#bringBack(deletion, repository)) return result === '409';
    deletion.isRestored = true;
    return result === '200';
  }

  'let time pass'(): boolean {
    for (const { links } of this.#state.repositories)
      for (const blob of Object.keys(links)) links[Number(blob)] = 'aged';
    return true;
  }

  collect({ how }: { how: Collecting }): boolean {
    for (const repository of this.#state.repositories) {
      for (const blob of Object.keys(repository.links).map(Number)) {
        if (this.#isGarbage(repository, blob, how)) delete repository.links[blob];
      }
    }
    return true;
  }

  #bringBack({ name, what }: Deletion, repository: Repository): boolean {
    if (what === null) {
      if (this.#find(name)) return false;
      repository.name = name;
      return true;
    }
    if (repository.name === null) return false;
    const { manifest } = what;
    if ('tag' in what) {
      if (repository.tags[what.tag] !== undefined || !repository.manifests.includes(manifest)) return false;
      repository.tags[what.tag] = manifest;
      return true;
    }
    if (!repository.manifests.includes(manifest)) {
      repository.manifests.push(manifest);
      for (const blob of this.#shapeOf(manifest).blobs) repository.links[blob] = 'fresh';
    }
    for (const tag of what.tags) repository.tags[tag] ??= manifest;
    return true;
  }

  #noteDeletion(repository: Repository, what: Deletion['what']): void {
    const { name } = repository;
    if (name === null) throw new Error('a deleted repository was deleted again');
    const index = this.#state.repositories.indexOf(repository);
    this.#state.deletions.push({ repository: index, name, what, isRestored: false });
  }

  #shapeOf(manifest: number): Shape {
    return this.#shapes[manifest] ?? { blobs: [], subject: null, children: [] };
  }

  #find(name: number): Repository | undefined {
    return this.#state.repositories.find((repository) => repository.name === name);
  }

  #ensure(name: number): Repository {
    const existing = this.#find(name);
    if (existing) return existing;
    const repository: Repository = { name, links: {}, manifests: [], tags: {} };
    this.#state.repositories.push(repository);
    return repository;
  }

  #has(name: number, blob: number): boolean {
    return this.#find(name)?.links[blob] !== undefined;
  }

  /** Also true for garbage that has been collected. */
  #isAbsent(name: number, blob: number): boolean {
    const repository = this.#find(name);
    if (repository?.links[blob] === undefined) return true;
    if (this.#collecting === null || !this.#isGarbage(repository, blob, this.#collecting)) return false;
    delete repository.links[blob];
    return true;
  }

  #isNeeded({ manifests }: Repository, blob: number): boolean {
    return manifests.some((manifest) => this.#shapeOf(manifest).blobs.includes(blob));
  }

  /** Whether a tagged index lists the manifest, so that deleting it would break pulls. */
  #isListed({ manifests, tags }: Repository, manifest: number): boolean {
    const parents = manifests.filter((parent) => this.#shapeOf(parent).children.includes(manifest));
    return parents.some((parent) => Object.values(tags).includes(parent));
  }

  #isGarbage(repository: Repository, blob: number, how: Collecting): boolean {
    return !this.#isNeeded(repository, blob) && (how === 'eager' || repository.links[blob] === 'aged');
  }
}
