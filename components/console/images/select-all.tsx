'use client';

/** Checks every checkbox of its form, or none if all are checked. Needs scripts. */
export function SelectAll({ name }: { name: string }) {
  return (
    <button
      className="button needs-script"
      onClick={({ currentTarget }) => {
        const boxes = [
          ...(currentTarget.form?.querySelectorAll<HTMLInputElement>(`input[type=checkbox][name="${name}"]`) ?? []),
        ];
        const isEach = boxes.every((box) => box.checked);
        for (const box of boxes) box.checked = !isEach;
      }}
      type="button"
    >
      Select all on this page
    </button>
  );
}
