'use client';

import { useEffect, useId, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import { countOf } from '../ui/format-number.ts';
import type { SuggestionAnswer } from './fetch-suggestions.ts';
import { NO_SUGGESTIONS, OptionList } from './option-list.tsx';
import { groupOptions, moveOption, searchAction, type SearchAction } from './options.ts';
import { useSuggestions } from './use-suggestions.ts';

type SearchComboboxProps = {
  query?: string;
  className: string;
  placeholder: string;
  /** Filters to keep in a new search. */
  kept?: Record<string, string | undefined>;
  /** Extra rows of the palette, whose list is always open. */
  actions?: readonly SearchAction[];
};

const NO_ACTIONS: readonly SearchAction[] = [];

/**
 * A search field with suggestions: an editable combobox with a listbox, as in the WAI-ARIA
 * Authoring Practices. Without JavaScript or a response it is a plain field.
 */
export function SearchCombobox({ query = '', className, placeholder, kept = {}, actions }: SearchComboboxProps) {
  const isPalette = actions !== undefined;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const isReady = useIsReady();
  const { result, isLoading } = useSuggestions(isPalette || isOpen ? text : '');

  const hasFailed = result !== null && result.answer === null;
  const isShown = isPalette || (isOpen && result !== null);
  const groups = groupOptions({
    text,
    answer: result?.answer ?? null,
    actions: text === '' ? (actions ?? NO_ACTIONS) : [searchAction(text, kept), ...(actions ?? NO_ACTIONS)],
  });
  const options = isShown ? groups.flatMap((group) => group.options) : [];
  const found = options.findIndex(({ key }) => key === activeKey);
  const active = found >= 0 ? found : null;
  const activeId = active === null ? undefined : `${id}-${active}`;

  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);

  function read() {
    setText(input.current?.value.trim() ?? '');
    setActiveKey(null);
    setIsOpen(true);
  }

  function close() {
    setIsOpen(false);
    setActiveKey(null);
  }

  function onVerticalKey(event: KeyboardEvent, step: 1 | -1) {
    event.preventDefault();
    if (event.altKey && step === -1) close();
    else if (!isShown || event.altKey) read();
    else setActiveKey(options[moveOption(active, step, options.length) ?? -1]?.key ?? null);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    // An input method is handling the keys.
    if (event.nativeEvent.isComposing || event.key === 'Process') return;
    switch (event.key) {
      case 'ArrowDown':
        return onVerticalKey(event, 1);
      case 'ArrowUp':
        return onVerticalKey(event, -1);
      case 'Enter':
        if (activeId === undefined) return close();
        event.preventDefault();
        return document.getElementById(activeId)?.click();
      case 'Escape':
        return onEscape(event);
      case 'Home':
      case 'End':
      case 'ArrowLeft':
      case 'ArrowRight':
        // The browser moves the text cursor.
        return setActiveKey(null);
    }
  }

  function onEscape(event: KeyboardEvent<HTMLInputElement>) {
    // In the palette, the dialog handles Escape.
    if (isPalette) return;
    event.preventDefault();
    if (!isShown) event.currentTarget.value = '';
    close();
  }

  return (
    <>
      <label className="sr-only" htmlFor={id}>
        Search images, charts and artifacts
      </label>
      <input
        aria-keyshortcuts={isPalette ? undefined : '/'}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        className={className}
        data-search-field={isPalette ? undefined : ''}
        defaultValue={query}
        enterKeyHint="search"
        id={id}
        maxLength={200}
        name="q"
        onBlur={close}
        onCompositionEnd={read}
        onInput={(event) => {
          if (!(event.nativeEvent instanceof InputEvent && event.nativeEvent.isComposing)) read();
        }}
        onKeyDown={onKeyDown}
        placeholder={placeholder}
        ref={input}
        spellCheck={false}
        type={isPalette ? 'text' : 'search'}
        {...(isReady && {
          'aria-activedescendant': activeId,
          'aria-autocomplete': 'list' as const,
          'aria-controls': isShown ? `${id}-list` : undefined,
          'aria-expanded': isShown,
          role: 'combobox',
        })}
      />
      {isShown && (
        <OptionList
          activeId={activeId}
          groups={groups}
          hasFailed={hasFailed}
          id={id}
          isFloating={!isPalette}
          isLoading={isLoading}
          query={result?.query ?? ''}
        />
      )}
      <span aria-live="polite" className="sr-only">
        {isShown && !isLoading && result !== null && (result.answer ? sayCount(result.answer) : NO_SUGGESTIONS)}
      </span>
    </>
  );
}

function sayCount({ repositories, publishers }: SuggestionAnswer): string {
  return countOf(repositories.length + publishers.length, 'suggestion');
}

/** Returns false on the server and until hydration. */
function useIsReady(): boolean {
  return useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );
}

function subscribeToNothing() {
  return () => undefined;
}
