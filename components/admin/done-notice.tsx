import { Notice } from '../ui/notice.tsx';

type DoneNoticeProps = {
  /** Sentences by outcome. */
  sentences: Record<string, (about: string) => string>;
  /** From the URL, so that it works without JavaScript. Anyone may write these, so only names are shown. */
  done: string;
  about: string;
};

const NAME = /^[\w.@:*+/-]{1,300}$/;

/** Reports the last action, because the list no longer shows the row it was taken on. */
export function DoneNotice({ sentences, done, about }: DoneNoticeProps) {
  const sentence = Object.hasOwn(sentences, done) ? sentences[done] : undefined;
  if (!sentence || !NAME.test(about)) return null;
  return (
    <div className="mb-4">
      <Notice tone="success">{sentence(about)}</Notice>
    </div>
  );
}
