// pg-boss by work(): ten workers that fetch and complete a thousand jobs at a time.
// Usage: setup | enqueue COUNT | work

import PgBoss from "pg-boss";

const boss = new PgBoss({
  connectionString: process.env.DATABASE_URL,
  max: 12,
  schedule: false,
});
boss.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
await boss.start();

const [command, count] = process.argv.slice(2);
if (command === "setup") {
  await boss.createQueue("noop");
  await boss.stop({ graceful: false });
} else if (command === "enqueue") {
  for (let done = 0; done < count; done += 5000) {
    const length = Math.min(5000, count - done);
    await boss.insert(Array.from({ length }, (_, i) => ({ name: "noop", data: { i: done + i } })));
  }
  await boss.stop({ graceful: false });
} else {
  let begun = false;
  for (let i = 0; i < 10; i++) {
    await boss.work("noop", { batchSize: 1000, pollingIntervalSeconds: 0.5 }, async () => {
      if (!begun) {
        begun = true;
        console.log((performance.timeOrigin + performance.now()) / 1000);
      }
    });
  }
}
