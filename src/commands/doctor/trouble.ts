/** What is found on the way, and what it means for a session. */

/** A named cause, in plain words. */
export type Trouble = {
	/** For programs. */
	readonly case: string;
	readonly wrong: string;
	/** Empty where there is nothing to do. */
	readonly todo: string;
};

/** `limit`: devtop works, without something. `broken`: it does not. */
export type Grade = 'well' | 'limit' | 'broken';

/** One line of the report. */
export type Line = {
	readonly id: string;
	readonly title: string;
	/** Null where it came with the answer of the line before it. */
	readonly ms: number | null;
	readonly grade: Grade;
	readonly text: string;
	readonly trouble: Trouble | null;
};

type Head = Pick<Line, 'id' | 'title' | 'ms'>;

export const well = (id: string, title: string, ms: number | null, text: string): Line => ({
	id,
	title,
	ms,
	grade: 'well',
	text,
	trouble: null,
});

export const limit = ({id, title, ms}: Head, text: string, trouble: Trouble): Line => ({
	id,
	title,
	ms,
	grade: 'limit',
	text,
	trouble,
});

export const broken = (head: Head, text: string, trouble: Trouble): Line => ({
	...limit(head, text, trouble),
	grade: 'broken',
});

export const worstOf = (lines: readonly Line[]): Grade =>
	lines.some(({grade}) => grade === 'broken')
		? 'broken'
		: lines.some(({grade}) => grade === 'limit')
			? 'limit'
			: 'well';
