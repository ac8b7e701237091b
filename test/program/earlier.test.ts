import {afterEach, expect, test} from 'vitest';
import {home} from '../support/home.ts';
import {Terminal} from '../support/terminal.ts';

afterEach(() => Terminal.killAll());

test('the story opens with what is another since the last session, live and in the replay', async () => {
	const {reach, over, run, screen} = home();
	const first = await reach('quiet');
	let terminal = await screen(over('device', '--ticket', 'T-42')).until(/13 of 13 ok/, 20_000);
	await terminal.until(/✓ Nothing wrong/, 20_000);
	terminal.press('o');
	await terminal.until(/Story.*events/);
	expect(terminal.screen()).not.toContain('since your last session');
	terminal.press('t');
	await terminal.until(/to do/i);
	terminal.press('change the card\r');
	await terminal.until(/☐ todo +change the card/);
	terminal.press('q');
	await terminal.exit;
	await first.close();

	// The same device later: its engine is killed while we look.
	await reach('engine');
	terminal = await screen(over('device')).until(/balena restarts: 2 in 10 min/, 40_000);
	terminal.press('oz');
	const block = [
		/since your last session \(\d+ s ago, ticket T-42\)/,
		/↻ balena +restarted by itself 2 times/,
		/↻ frontend +container was started anew/,
		/☐ to do +change the card/,
	];
	for (const row of block) await terminal.until(row, 20_000);
	terminal.press('q');
	await terminal.exit;

	const {stdout} = await run(['notes', 'last']);
	expect(stdout).toMatch(
		/\*\*Session before:\*\* ended .* UTC, ticket T-42; since then: balena: restarted by itself 2 times; .*to do: change the card/,
	);
	terminal = await screen(['replay', 'last', '--at', '100%']).until(/REPLAY/, 20_000);
	terminal.press('oz');
	for (const row of block) await terminal.until(row);
	terminal.press('q');
	await terminal.exit;
}, 120_000);
