import { renderToStaticMarkup } from 'react-dom/server';
import type { ReactNode } from 'react';
import { describe, expect, test, vi } from 'vitest';
import { ActionForm, StepForm } from './action-form.tsx';
import { ActionContext } from './action-state.tsx';
import { CheckboxField, CheckboxGroup } from './checkbox-field.tsx';
import { FormFailureNotice } from './form-notice.tsx';
import type { FormFailure, FormState } from './form-state.ts';
import { RadioField } from './radio-field.tsx';
import { SelectField } from './select-field.tsx';
import { TextAreaField } from './text-area-field.tsx';
import { TextField } from './text-field.tsx';

const COLORS = [
  { value: 'red', text: 'Red' },
  { value: 'blue', text: 'Blue' },
];

describe('before it is submitted', () => {
  test('a form shows default values, ties hints to fields, and calls no action', () => {
    const action = vi.fn();
    const html = renderToStaticMarkup(
      <ActionForm action={action} button="Save profile" successNotice="Profile saved.">
        <TextField defaultValue="Ada" hint="Shown to visitors" label="Name" name="name" />
        <SelectField choices={COLORS} defaultValue="blue" label="Color" name="color" />
      </ActionForm>,
    );
    expect(html).toContain('value="Ada"');
    expect(html).toMatch(/<option value="blue" selected="">/);
    const [, hintId] = /aria-describedby="([^"]+)"/.exec(html) ?? [];
    expect(html).toContain(`id="${hintId}">Shown to visitors`);
    expect(html).not.toContain('aria-invalid');
    expect(html).not.toContain('Profile saved.');
    expect(html).toContain('Save profile</button>');
    expect(action).not.toHaveBeenCalled();
  });

  test('two forms on a page may have fields of the same name', () => {
    const html = renderToStaticMarkup(
      <>
        <TextField label="First" name="password" />
        <TextField label="Second" name="password" />
      </>,
    );
    const ids = [...html.matchAll(/<input[^>]* id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('after it was refused', () => {
  test('every kind of field shows what was submitted, and secrets are empty', () => {
    const state = refusal({
      values: { name: ['Bob'], about: ['Long\ntext'], color: ['red'], sizes: ['s', 'l'], kind: ['b'], isOpen: [] },
    });
    const html = render(
      state,
      <StepForm>
        <TextField defaultValue="Ada" label="Name" name="name" />
        <TextField defaultValue="old" label="Password" name="password" type="password" />
        <TextAreaField label="About" name="about" />
        <SelectField choices={COLORS} defaultValue="blue" label="Color" name="color" />
        <CheckboxGroup checked={['m']} choices={['s', 'm', 'l'].map(asChoice)} label="Sizes" name="sizes" />
        <CheckboxField isChecked label="Open" name="isOpen" />
        <RadioField choices={['a', 'b'].map(asRadio)} defaultValue="a" label="Kind" name="kind" />
      </StepForm>,
    );
    expect(html).toContain('value="Bob"');
    expect(html).not.toContain('value="old"');
    expect(html).toContain('Long\ntext</textarea>');
    expect(html).toMatch(/<option value="red" selected="">/);
    const checked = [...html.matchAll(/<input[^>]*checked=""[^>]*value="(\w)"/g)].map(([, value]) => value);
    expect(checked).toEqual(['s', 'l', 'b']);
  });

  test('an error is shown at its field, also under the name that the use case gives it', () => {
    const state = refusal({ fieldErrors: { 'links.0': 'Enter an address.', 'upstream.host': 'Enter a host.' } });
    const html = render(
      state,
      <StepForm>
        <TextField label="Name" name="name" />
        <TextField label="Links" name="links" />
        <TextField errorKeys={['host', 'upstream.host']} label="Registry" name="host" />
      </StepForm>,
    );
    expect([...html.matchAll(/<input[^>]*aria-invalid="true"[^>]*>/g)]).toHaveLength(2);
    for (const [name, error] of [
      ['links', 'Enter an address.'],
      ['host', 'Enter a host.'],
    ]) {
      const [input = ''] = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(html) ?? [];
      const [, errorId] = /aria-describedby="([^"]+)"/.exec(input) ?? [];
      expect(html).toContain(`id="${errorId}">${error}`);
    }
  });

  test('of several forms with one action only the submitted one shows errors and values', () => {
    const state = refusal({ values: { step: ['ask'], text: ['Why?'] }, fieldErrors: { text: 'Too short.' } });
    const form = (step: string) =>
      render(
        state,
        <StepForm step={step}>
          <TextField label="Text" name="text" />
        </StepForm>,
      );
    expect(form('ask')).toContain('Too short.');
    expect(form('ask')).toContain('value="Why?"');
    expect(form('decline')).not.toContain('Too short.');
    expect(form('decline')).not.toContain('value="Why?"');
  });

  test('the summary shows the message and the next step, and lists several problems', () => {
    const one = renderToStaticMarkup(<FormFailureNotice state={refusal({ fieldErrors: { a: 'Enter a name.' } })} />);
    expect(one).toContain('role="alert"');
    expect(one).toContain('Enter a name.</p><p>Correct it.</p>');
    const fieldErrors = { a: 'Enter a name.', b: 'Enter a tag.', c: 'Enter a tag.' };
    const several = renderToStaticMarkup(<FormFailureNotice state={refusal({ fieldErrors })} />);
    expect([...several.matchAll(/<li>([^<]+)/g)].map(([, problem]) => problem)).toEqual([
      'Enter a name.',
      'Enter a tag.',
    ]);
  });
});

function render(state: FormState<unknown>, form: ReactNode): string {
  return renderToStaticMarkup(<ActionContext value={{ state, send: () => undefined }}>{form}</ActionContext>);
}

function refusal(part: Partial<FormFailure>): FormFailure {
  return {
    ok: false,
    code: 'invalid_input',
    message: 'Enter a name.',
    nextStep: 'Correct it.',
    fieldErrors: {},
    values: {},
    ...part,
  };
}

function asChoice(value: string) {
  return { value, text: value.toUpperCase() };
}

function asRadio(value: string) {
  return { value, title: value.toUpperCase(), text: 'A sentence.' };
}
