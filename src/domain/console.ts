/**
 * What a terminal shows, as whole lines: cursor keys, corrections and a line's wrapping are followed, colours and titles left
 * out. Only what stands in one line is; a program that takes the whole screen is told of, and not read.
 * Sequences: ECMA-48, and xterm's ctlseqs.
 */

/** In a terminal nothing is longer than some screens. Of what is, no part is kept: a cut could go through a secret. */
const LONGEST = 100_000;
/** A repetition that makes sense. */
const MOST = 10_000;
const TAB = 8;

const WHOLE_SCREEN = '[a program took the whole screen: what it showed there is not in lines, and not recorded]';
const TOO_LONG = `[a line of more than ${LONGEST} characters is not recorded]`;
const ALTERNATE = /^\?(?:\d+;)*(?:47|1047|1049)(?:;|$)/;

type State = 'text' | 'escape' | 'sequence' | 'string' | 'string-escape' | 'one-more';

/** Where secrets are in a text: half open, in its UTF-16 units. */
export type SecretsIn = (text: string) => readonly {readonly from: number; readonly to: number}[];

/** Letters and digits in place of a secret's, so that the rule that knew it knows it with what is written behind it. */
const hidden = (cell: string): string => (/^\p{L}$/u.test(cell) ? 'x' : /^\p{N}$/u.test(cell) ? '0' : cell);

export class ConsoleLines {
	#columns: number;
	#cells: string[] = [];
	#at = 0;
	/** The last cell of a row was written: the cursor still stands on it. */
	#wraps = false;
	/** The line is longer than any is kept. */
	#tooLong = false;
	#state: State = 'text';
	#sequence = '';
	#whole = false;
	#done: string[] = [];
	readonly #secretsIn: SecretsIn;
	/** Something was written since the line was last looked at for secrets. */
	#fresh = false;

	/** @param secretsIn asked of a line before a part of it is written over: the rest of a secret is known by nothing else. */
	constructor(columns: number, secretsIn: SecretsIn = () => []) {
		this.#columns = Math.max(1, columns);
		this.#secretsIn = secretsIn;
	}

	set columns(columns: number) {
		this.#columns = Math.max(1, columns);
	}

	/** Does a program have the whole screen? */
	get whole(): boolean {
		return this.#whole;
	}

	/** @returns the lines that were ended by it. */
	push(text: string): readonly string[] {
		for (const character of text) this.#take(character);
		return this.#done.splice(0);
	}

	/** The line that has no end yet: a prompt. */
	end(): string {
		const rest = this.#line();
		this.#clear();
		return rest;
	}

	#take(character: string): void {
		// CAN and SUB end any sequence (ECMA-48, 8.3.6 and 8.3.148; xterm ends strings with them, too).
		if (character === '\x18' || character === '\x1a') {
			this.#state = 'text';
			return;
		}
		switch (this.#state) {
			case 'text':
				this.#text(character);
				return;
			case 'escape':
				this.#escape(character);
				return;
			case 'one-more':
				this.#state = 'text';
				return;
			case 'string':
				if (character === '\x07') this.#state = 'text';
				else if (character === '\x1b') this.#state = 'string-escape';
				return;
			case 'string-escape':
				// Another escape than the string's end breaks it off, and is one by itself.
				if (character === '\\') this.#state = 'text';
				else this.#escape(character);
				return;
			case 'sequence':
				if (character >= '@' && character <= '~') {
					this.#state = 'text';
					this.#obey(character, this.#sequence);
				} else if (character === '\x1b') this.#state = 'escape';
				else if (this.#sequence.length < 100) this.#sequence += character;
		}
	}

	#escape(character: string): void {
		this.#state = 'text';
		if (character === '[') {
			this.#state = 'sequence';
			this.#sequence = '';
		} else if (']PX^_'.includes(character)) this.#state = 'string';
		else if ('()*+-./#% '.includes(character)) this.#state = 'one-more';
		else if (character === 'c') {
			this.#whole = false;
			this.#flush();
		}
	}

	#text(character: string): void {
		if (character === '\x1b') this.#state = 'escape';
		else if (this.#whole) return;
		else if (character === '\n') this.#feed();
		else if (character === '\r') this.#move(this.#row());
		else if (character === '\b') this.#move(Math.max(0, this.#at - (this.#wraps ? 2 : 1)));
		else if (character === '\t') this.#move(this.#at + TAB - ((this.#at % this.#columns) % TAB));
		else if (character >= ' ' && !(character >= '\x7f' && character <= '\x9f')) this.#put(character);
	}

	#put(character: string): void {
		const before = this.#cells[this.#at];
		if (before !== undefined && before !== ' ' && before !== character) this.#change();
		while (this.#cells.length < this.#at) this.#cells.push(' ');
		this.#cells[this.#at++] = character;
		this.#fresh = true;
		this.#wraps = this.#at % this.#columns === 0;
		if (this.#cells.length < LONGEST) return;
		this.#tooLong = true;
		this.#cells = [];
		this.#move(0);
	}

	/** A part of the line is about to go: what is secret in it does not stay in clear when its name is gone. */
	#change(): void {
		if (!this.#fresh) return;
		this.#fresh = false;
		const spans = this.#secretsIn(this.#cells.join(''));
		if (spans.length === 0) return;
		let unit = 0;
		this.#cells = this.#cells.map(cell => {
			const at = unit;
			unit += cell.length;
			return spans.some(({from, to}) => at >= from && at < to) ? hidden(cell) : cell;
		});
	}

	#move(to: number): void {
		this.#at = Math.min(LONGEST - 1, to);
		this.#wraps = false;
	}

	/** Where the row begins that the cursor stands in. */
	#row(): number {
		const at = this.#wraps ? this.#at - 1 : this.#at;
		return at - (at % this.#columns);
	}

	/**
	 * Inside a line of several rows it only goes down: so does a shell whose line is corrected. A row that is full to its last
	 * cell goes on in the next one: pagers cut long lines so (busybox less), and a secret in one must not be seen in halves.
	 */
	#feed(): void {
		const below = this.#row() + this.#columns;
		const full = below === this.#cells.length && this.#cells[below - 1] !== ' ';
		if (below < this.#cells.length || full) {
			this.#move(below);
			return;
		}
		this.#done.push(this.#line());
		this.#clear();
	}

	/** What of the line is told. */
	#line(): string {
		return this.#tooLong ? TOO_LONG : this.#cells.join('').trimEnd();
	}

	#clear(): void {
		this.#cells = [];
		this.#fresh = false;
		this.#tooLong = false;
		this.#move(0);
	}

	/** The cursor goes elsewhere on the screen: what stood in its line is a line. */
	#flush(): void {
		if (this.#line() !== '') this.#done.push(this.#line());
		this.#clear();
	}

	#obey(final: string, parameters: string): void {
		if ((final === 'h' || final === 'l') && ALTERNATE.test(parameters)) {
			if (final === 'h' && !this.#whole) {
				this.#flush();
				this.#done.push(WHOLE_SCREEN);
			}
			this.#whole = final === 'h';
			return;
		}
		if (this.#whole || /[^\d;]/.test(parameters)) return;
		const number = Number(parameters.split(';', 1)[0] || '0');
		const times = Math.min(MOST, Math.max(1, number));
		const row = this.#row();
		switch (final) {
			case 'A':
				if (this.#at >= times * this.#columns) this.#move(this.#at - times * this.#columns);
				return;
			case 'B':
				if (row + times * this.#columns < this.#cells.length) this.#move(this.#at + times * this.#columns);
				return;
			case 'C':
				this.#move(Math.min(row + this.#columns - 1, this.#at + times));
				return;
			case 'D':
				this.#move(Math.max(row, this.#at - (this.#wraps ? 1 : 0) - times));
				return;
			case 'G':
				this.#move(row + Math.min(this.#columns, times) - 1);
				return;
			case 'K':
				if (number === 0) this.#blank(this.#at, row + this.#columns);
				else this.#blank(row, number === 1 ? this.#at + 1 : row + this.#columns);
				return;
			case 'J':
				if (number === 0) this.#blank(this.#at, this.#cells.length);
				else this.#flush();
				return;
			case 'P':
				this.#change();
				this.#cells.splice(this.#at, times);
				return;
			case '@':
				this.#change();
				if (this.#at < this.#cells.length) this.#cells.splice(this.#at, 0, ...Array<string>(times).fill(' '));
				return;
			case 'X':
				this.#blank(this.#at, this.#at + times);
				return;
			case 'H':
			case 'f':
			case 'd':
				this.#flush();
		}
	}

	#blank(from: number, to: number): void {
		if (from < this.#cells.length) this.#change();
		if (to >= this.#cells.length) this.#cells.length = Math.min(this.#cells.length, from);
		else this.#cells.fill(' ', from, to);
	}
}
