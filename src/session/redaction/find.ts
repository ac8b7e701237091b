/** Where the secrets in one text are. */
import type {SecretRule} from '../../domain/secret.ts';
import {OwnPattern} from './own.ts';
import {blockAt, objectAt, type Reach, valueAt} from './reach.ts';

/** A secret: half open. `lead` is where its rule's match began, `open`: its end is still to come, `block`: maybe in further entries. */
export type Span = Reach & {readonly rule: string; readonly lead: number; readonly block: boolean};

/** A piece of a long line whose beginning is not known. */
export const PIECE = 'piece';

/** The beginning of a secret is looked for in so much of a piece's end. */
const TAIL = 4096;

const LONGEST_MARK = 60;

export class Finder {
	readonly #rules: readonly SecretRule[];
	readonly #own: readonly OwnPattern[];
	readonly #hints: RegExp;
	/** What was redacted before stays as it is; only marks that are ours. */
	readonly #mark: RegExp;

	constructor(rules: readonly SecretRule[]) {
		this.#rules = rules.filter(({hint}) => hint !== undefined);
		this.#own = rules.filter(({hint}) => hint === undefined).map(rule => new OwnPattern(rule));
		this.#mark = new RegExp(`‹redacted:(?:${[...rules.map(({id}) => id), PIECE].join('|')})›`, 'y');
		const hints = this.#rules.map(({hint}) => hint);
		this.#hints = new RegExp(hints.length === 0 ? '(?!)' : hints.join('|'), 'i');
	}

	/** May there be a secret in it? One expression, for most lines the only thing that is asked. */
	suspects(text: string): boolean {
		return this.#hints.test(text) || this.#own.some(pattern => pattern.isIn(text));
	}

	/** All secrets, in order and apart. In an unfinished text what looks like the beginning of one counts, too. */
	find(text: string, unfinished = false): readonly Span[] {
		const spans: Span[] = [];
		for (const rule of this.#rules) {
			this.#match(text, rule, unfinished, spans);
			if (unfinished) this.#begun(text, rule, spans);
		}
		for (const pattern of this.#own)
			for (const {from, to, lead} of pattern.in(text))
				spans.push({from, to, open: unfinished && to === text.length, rule: pattern.id, lead, block: false});
		return merged(spans.filter(span => !this.#isMark(text, span)));
	}

	#isMark(text: string, {from, to}: Reach): boolean {
		if (to - from > LONGEST_MARK) return false;
		const near = Math.max(0, to - LONGEST_MARK);
		const begin = text.slice(near, from + 1).lastIndexOf('‹');
		if (begin < 0) return false;
		this.#mark.lastIndex = near + begin;
		return this.#mark.test(text) && this.#mark.lastIndex >= to;
	}

	#match(text: string, rule: SecretRule, unfinished: boolean, spans: Span[]): void {
		const {find} = rule;
		let beside: boolean | null = null;
		find.lastIndex = 0;
		for (let found = find.exec(text); found !== null; found = find.exec(text)) {
			beside ??= rule.beside?.test(text) ?? true;
			if (!beside) return;
			const end = found.index + found[0].length;
			const named = found.indices?.groups?.secret;
			const reach =
				named === undefined
					? reachOf(text, end, rule, found, unfinished)
					: {from: named[0], to: named[1], open: unfinished && named[1] === text.length};
			if (reach !== null) spans.push({...reach, rule: rule.id, lead: found.index, block: rule.reach === 'block'});
			find.lastIndex = Math.max(reach?.to ?? end, found.index + 1);
		}
	}

	#begun(text: string, rule: SecretRule, spans: Span[]): void {
		if (rule.begun === undefined) return;
		const skipped = Math.max(0, text.length - TAIL);
		const found = rule.begun.exec(text.slice(skipped));
		const at = found?.indices?.groups?.secret?.[0];
		if (found !== null && at !== undefined)
			spans.push({
				from: skipped + at,
				to: text.length,
				open: true,
				rule: rule.id,
				lead: skipped + found.index,
				block: false,
			});
	}
}

function reachOf(
	text: string,
	at: number,
	{reach, strict = false}: SecretRule,
	found: RegExpExecArray,
	unfinished: boolean,
): Reach | null {
	const groups = found.groups ?? {};
	const depth = Math.max(0, (groups.key ?? '').length - 1);
	switch (reach) {
		case 'object':
			return objectAt(text, at, depth);
		case 'block':
			return blockAt(text, at);
		case 'value':
		case 'word':
			return valueAt(text, at, {
				depth,
				wary: groups.sep === ':' && groups.scheme === undefined,
				strict,
				wide: reach === 'word',
				unfinished,
			});
		case undefined:
			return null;
	}
}

/** Joins what overlaps; the one that begins first gives its name, of two the rule that stands first. */
function merged(spans: readonly Span[]): readonly Span[] {
	if (spans.length < 2) return spans;
	const joined: Span[] = [];
	for (const span of spans.toSorted((a, b) => a.from - b.from)) {
		const last = joined.at(-1);
		if (last === undefined || span.from >= last.to) joined.push(span);
		else joined[joined.length - 1] = {...last, ...longer(last, span), block: last.block || span.block};
	}
	return joined;
}

/** The end of two that overlap. */
function longer(a: Span, b: Span): Pick<Span, 'to' | 'open' | 'lead'> {
	const lead = Math.min(a.lead, b.lead);
	if (a.to === b.to) return {to: a.to, open: a.open || b.open, lead};
	return a.to > b.to ? {to: a.to, open: a.open, lead} : {to: b.to, open: b.open, lead};
}
