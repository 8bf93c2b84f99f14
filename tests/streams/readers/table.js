// kafkajs as an integrator would use it: reads a state topic from its beginning to its end, keeps the newest record of
// each entity, and prints them as JSON lines, each as it came.
//   node table.js BROKER TOPIC
const { randomUUID } = require('crypto');
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require('kafkajs');
const lz4 = require('lz4js');

// kafkajs brings gzip alone; the topics are written with LZ4.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

const [broker, topic] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'table', brokers: [broker], logLevel: logLevel.ERROR });
const table = new Map();
const open = new Set();

function keep(key, text) {
  const { event_epoch: epoch, event_seq: seq } = JSON.parse(text);
  const known = table.get(key);
  if (!known || epoch > known.epoch || (epoch === known.epoch && seq >= known.seq)) table.set(key, { epoch, seq, text });
}

async function main() {
  setTimeout(() => { throw new Error('the end of the topic was not reached'); }, 50_000).unref();
  const admin = kafka.admin();
  await admin.connect();
  // The last record of a partition stands before the marker that commits it.
  const last = new Map();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    if (high === low) continue;
    open.add(partition);
    last.set(partition, BigInt(high) - 2n);
  }
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `table-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const end = new Promise((resolve, reject) => {
    if (open.size === 0) resolve();
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.run({
      eachMessage: async ({ partition, message }) => {
        const key = message.key.toString();
        if (message.value === null) table.delete(key);
        else keep(key, message.value.toString());
        if (BigInt(message.offset) >= last.get(partition)) open.delete(partition);
        if (open.size === 0) resolve();
      },
    });
  });
  await end;
  for (const { text } of table.values()) console.log(text);
  await consumer.disconnect();
}

// Ends by itself once all is written; a failure at once.
main().catch((error) => { console.error(error); process.exit(1); });
