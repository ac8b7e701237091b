/** The supervisor's own lines, without colour. Strings as in balena-supervisor's device-state, log-types, api-binder, update-lock. */
import type {Rule} from '../domain/rule.ts';
import {AN_HOUR, TEN_MINUTES} from './lasts.ts';

export const supervisor: readonly Rule[] = [
	{
		id: 'supervisor-apply',
		title: 'release not applied',
		weight: 'warning',
		from: 'supervisor',
		match:
			/^\[\w+ *\] +(?:Device state apply error |Scheduling another update attempt in \d+ ?ms due to failure|(?=Failed to apply state transition steps))(?<detail>.{0,160})/,
		ends: /^\[success *\] +Device state apply success/,
		lasts: AN_HOUR,
		means: 'The supervisor could not bring the device to its target release; it waits longer before each new try.',
		look: 'The reason it gives, then the engine at that time: the supervisor merely repeats what the engine said.',
		samples: {
			hits: [
				'[error]   Device state apply error Error: Failed to apply state transition steps. pull failed',
				'[error]   Scheduling another update attempt in 2000ms due to failure:  Error: Failed to apply state transition steps.',
			],
			misses: [
				'[success] Device state apply success',
				'[info]    Applying target state',
				'Error response from daemon: No such container: resin_supervisor',
				'time="2026-11-23T17:18:10Z" level=error msg="error waiting for container: unexpected EOF"',
			],
		},
	},
	{
		id: 'supervisor-download',
		title: 'image download failed',
		weight: 'warning',
		from: 'supervisor',
		match:
			/^\[event *\] +Event: (?:Docker |Delta )?image download (?:error|failed)(?:.{0,400}?"serviceName":"(?<subject>[^"]{1,64})")?(?:.{0,400}?"error":\{.{0,40}?"message":"(?<detail>[^"]{1,160}))?/i,
		ends: /^\[event *\] +Event: (?:Docker )?image downloaded(?:.{0,400}?"serviceName":"(?<subject>[^"]{1,64})")?/i,
		lasts: AN_HOUR,
		means: 'The image of a service was not downloaded; the old one goes on running.',
		look: "The engine's lines just before (network, space, registry), and df -h /mnt/data.",
		samples: {
			hits: [
				'[event]   Event: Image download failed {"image":{"name":"registry.lab.invalid:5000/v2/app:none"},"error":{"message":"pull failed"}}',
				'[event]   Event: Image download error {"error":{"message":"no space left"},"image":{"serviceName":"main"}}',
			],
			misses: [
				'[event]   Event: Docker image download {"image":{"name":"registry.lab.invalid:5000/v2/app:r1","serviceName":"main"}}',
				'[event]   Event: Image downloaded {"image":{"name":"x","serviceName":"main"}}',
			],
		},
	},
	{
		id: 'supervisor-service',
		title: 'service not handled',
		weight: 'warning',
		from: 'supervisor',
		match:
			/^\[event *\] +Event: (?<detail>Service (?:install|start|restart|kill|stop) error)(?:.{0,400}?"serviceName":"(?<subject>[^"]{1,64})")?/,
		ends: /^\[event *\] +Event: Service (?:started|installed)(?:.{0,400}?"serviceName":"(?<subject>[^"]{1,64})")?/,
		lasts: AN_HOUR,
		means: 'The engine refused to create, start or stop the container of a service.',
		look: 'The error in the event, and the engine at that time: a missing device, a port in use, a full disk.',
		samples: {
			hits: [
				'[event]   Event: Service start error {"error":{"message":"port is already allocated"},"service":{"appId":1,"serviceName":"frontend"}}',
			],
			misses: [
				'[event]   Event: Service started {"service":{"appId":1,"serviceName":"frontend"}}',
				'[event]   Event: Service exit {"service":{"serviceName":"frontend"}}',
			],
		},
	},
	{
		id: 'supervisor-locked',
		title: 'updates locked',
		weight: 'warning',
		from: 'supervisor',
		// Looked back from the words, which are rare: trying them at each of forty places costs more than all other rules.
		match: /(?<=^(?:\[\w+ *\] +)?.{0,40})Updates are locked, retrying in (?<detail>.{1,120})/,
		ends: /^\[success *\] +Device state apply success/,
		// Tried again after 15 min at most.
		lasts: 20 * 60_000,
		means:
			'A service holds its update lock, so the new release waits. Wanted, as a rule; a lock may also be forgotten.',
		look: 'ls -l /tmp/balena-supervisor/services/*/*/: owner 65534 is the supervisor itself, else a service.',
		samples: {
			hits: [
				'[info]    Updates are locked, retrying in 15m. Reason: Lockfile exists for { appId: 2012699, service: main }',
				'[error]   Updates are locked, retrying in 15m...',
			],
			misses: ['[event]   Event: Take update locks {}', '[event]   Event: Release update locks {}'],
		},
	},
	{
		id: 'supervisor-health',
		title: 'supervisor unhealthy',
		weight: 'warning',
		from: 'supervisor',
		match: /^\[\w+ *\] +Healthcheck (?:failed|failure - (?<detail>.{1,120}))/,
		lasts: TEN_MINUTES,
		means: 'The supervisor finds itself stuck; if it stays so, the watchdog restarts it.',
		look: 'The conditions in the lines after it: a fetch, an apply or the poll of the cloud that does not end.',
		samples: {
			hits: [
				'[info]    Healthcheck failure - At least ONE of the following conditions must be true:',
				'[error]   Healthcheck failed',
			],
			misses: ['[api]     GET /v1/healthy 200 - 3.272 ms', '[info]    Internet Connectivity: OK'],
		},
	},
	{
		id: 'supervisor-cloud',
		title: 'cloud does not answer',
		weight: 'warning',
		from: 'supervisor',
		match:
			/^\[\w+ *\] +(?:(?<detail>Non-200 response from the API! Status code: \d+|Error from the API: \d+|Retrying (?:current state |target state )?report in \d+ seconds)|Event: Device state report failure)/,
		ends: /^\[info *\] +Reported current state to the cloud/,
		lasts: TEN_MINUTES,
		means: 'Reports to the API fail: the line, DNS, the clock, or the cloud itself. Containers go on running.',
		look: 'curl -sS -o /dev/null -w "%{http_code}" of apiEndpoint/ping, the clock (date), and status.balena.io.',
		samples: {
			hits: [
				'[error]   Non-200 response from the API! Status code: 503 - message: Error',
				'[error]   Error from the API: 503',
				'[warn]    Retrying current state report in 15 seconds',
				'[event]   Event: Device state report failure {"error":{"message":""}}',
			],
			misses: [
				'[info]    Reported current state to the cloud',
				'[info]    Waiting for connectivity...',
				'[info]    VPN connection is not active.',
			],
		},
	},
];
