/** The arguments of the commands that change the device, or copy from it. */
import {type Failure, isFailure} from '../domain/channel.ts';
import type {ActionId, Subject} from '../domain/guard.ts';
import {deedOf} from './act-words.ts';
import type {Acting, Command, Configured, ConsentWords} from './command.ts';
import {sidesOf} from './cp-words.ts';
import {keepOf} from './keep-of.ts';
import {aimOf, type Given, usage} from './options.ts';
import {stray} from './stray.ts';

/** Whose permission it is, by what way, in what words; null for a dry run, which needs none. */
function consentOf(given: Given, kind: Acting['kind'] | 'cp'): ConsentWords | null | Failure {
	if (given['dry-run']) return null;
	const missing = (['consent-by', 'consent-via', 'consent-words'] as const).filter(name => !given[name]?.trim());
	if (missing.length > 0)
		return usage(
			`devtop ${kind} changes the device, so it needs a permission on record: ${missing.map(name => `--${name}`).join(', ')} (or --dry-run, to see what would be done).`,
		);
	return {
		by: given['consent-by'] ?? '',
		via: given['consent-via'] ?? '',
		words: given['consent-words'] ?? '',
		until: given['consent-until'] ?? null,
	};
}

/** The commands that change the device. */
export function actingCommand(
	given: Given,
	kind: Acting['kind'],
	words: readonly string[],
	behind: readonly string[] | null,
	configured: Configured,
): Command | Failure {
	if (given['no-record'])
		return usage(`devtop ${kind} is always recorded: what was done to a device has to be provable afterwards.`);
	const refused = stray(given, kind);
	if (refused !== null) return refused;
	const [target, ...more] = words;
	if (kind === 'act' && given.list) return {kind: 'list'};
	if (target === undefined)
		return usage(`devtop ${kind} needs a target: [user@]host[:port], a Host of your ssh_config, or "demo".`);
	if (kind === 'run' && (behind === null || more.length > 0))
		return usage(`devtop run takes the command behind "--": devtop run ${target} -- uptime`);
	if (kind === 'act' && behind !== null)
		return usage('devtop act takes no command behind "--": that is devtop run <target> -- COMMAND WORD…');
	const deed: {readonly action: ActionId; readonly subject: Subject} | Failure =
		behind === null ? deedOf(more) : {action: 'command.run', subject: {kind: 'command', argv: behind}};
	if (isFailure(deed)) return deed;
	if (behind !== null && !behind[0]) return usage('devtop run needs a command behind "--".');
	const consent = consentOf(given, kind);
	if (isFailure(consent)) return consent;
	const keep = keepOf(given, given.record);
	if (isFailure(keep)) return keep;
	const config = configured(given.config ?? null);
	if (isFailure(config)) return config;
	const aim = aimOf(given, target, config.devices);
	if (isFailure(aim)) return aim;
	return {kind, aim, keep, config, ...deed, consent, confirm: given.confirm ?? null, json: given.json ?? false};
}

/** The command that copies a file. */
export function copyCommand(given: Given, words: readonly string[], configured: Configured): Command | Failure {
	if (given['no-record'])
		return usage('devtop cp is always recorded (without what is in the file): who copied what has to be provable.');
	const refused = stray(given, 'cp');
	if (refused !== null) return refused;
	const sides = sidesOf(words);
	if (isFailure(sides)) return sides;
	const {way, target, local, remote} = sides;
	const [wrong] = (
		way === 'put'
			? (['yes'] as const)
			: (['force', 'dry-run', 'consent-by', 'consent-via', 'consent-words', 'consent-until'] as const)
	).filter(name => given[name] !== undefined);
	if (wrong !== undefined) return usage(`--${wrong} goes with copying ${way === 'put' ? 'from' : 'to'} a device.`);
	const config = configured(given.config ?? null);
	if (isFailure(config)) return config;
	const aim = aimOf(given, target, config.devices);
	if (isFailure(aim)) return aim;
	if (aim.to === 'demo') return usage('The device of the demo has no files: devtop cp needs a real one.');
	const consent = way === 'put' ? consentOf(given, 'cp') : null;
	if (isFailure(consent)) return consent;
	const keep = keepOf(given, given.record);
	if (isFailure(keep)) return keep;
	return {
		kind: 'cp',
		aim,
		keep,
		config,
		consent,
		force: given.force ?? false,
		yes: given.yes ?? false,
		way,
		local,
		remote,
	};
}
