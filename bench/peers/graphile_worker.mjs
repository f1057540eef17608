// graphile-worker with its local queue and batched completion, logs off.
// Usage: setup | enqueue COUNT | work

import { Logger, makeWorkerUtils, run } from "graphile-worker";

const connectionString = process.env.DATABASE_URL;
const logger = new Logger(() => () => {});

const [command, count] = process.argv.slice(2);
if (command === "work") {
  let begun = false;
  await run({
    logger,
    noHandleSignals: false,
    preset: {
      worker: {
        connectionString,
        concurrentJobs: 24,
        maxPoolSize: 24,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
    taskList: {
      noop: async () => {
        if (!begun) {
          begun = true;
          console.log((performance.timeOrigin + performance.now()) / 1000);
        }
      },
    },
  });
} else {
  const utils = await makeWorkerUtils({ connectionString, logger });
  if (command === "setup") {
    await utils.migrate();
  } else {
    await utils.withPgClient((client) =>
      client.query(
        `select graphile_worker.add_jobs(array(
           select json_populate_record(null::graphile_worker.job_spec,
             json_build_object('identifier', 'noop', 'payload', json_build_object('i', i)))
           from generate_series(1, $1::integer) as i))`,
        [count],
      ),
    );
  }
  await utils.release();
}
