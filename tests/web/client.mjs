// What the official JavaScript client finds, as one JSON object.
import { PostgrestClient } from '@supabase/postgrest-js'

const [url, token] = process.argv.slice(2)
const headers = { Authorization: `Bearer ${token}` }
const shop = new PostgrestClient(url, { schema: 'shop', headers })
const api = new PostgrestClient(url, { headers, schema: 'api' })

async function data(query) {
  const { data, error } = await query
  if (error) throw new Error(JSON.stringify(error))
  return data
}
const names = (rows) => rows.map((row) => row.name)
const person = () => shop.from('person')
const found = {}

found.select = await data(person().select('id,name').in('id', [1, 2]).order('id'))
found.filters = names(await data(
  person().select().gte('id', 1).like('name', 'A%').contains('tags', ['a']).not('born', 'is', null),
))
found.or = names(await data(person().select('name').or('id.eq.1,name.like.B*').order('id')))
found.embedding = await data(
  shop.from('project').select('name,client(name),person(name)').eq('id', 1)
    .order('name', { referencedTable: 'person' }),
)
const ranged = await person().select('id', { count: 'exact' }).lt('id', 5).order('id').range(1, 2)
found.range = { ids: ranged.data.map((row) => row.id), count: ranged.count }
found.single = await data(person().select('name').eq('id', 1).single())
found.singleError = (await person().select('name').single()).error.code
found.maybeSingle = await data(person().select('name').eq('id', -1).maybeSingle())
found.csv = await data(person().select('id,name').eq('id', 1).csv())
found.insert = await data(
  shop.from('two').insert([{ a: 600, b: 1, note: 'x' }, { a: 600, b: 2 }], { defaultToNull: false }).select(),
)
found.upsert = await data(shop.from('two').upsert({ a: 600, b: 1, note: 'z' }).select())
found.update = await data(shop.from('two').update({ note: 'w' }).match({ a: 600, b: 2 }).select())
found.delete = (await data(shop.from('two').delete().eq('a', 600).select())).length
found.rpc = await data(shop.rpc('add', { a: 4, b: 5 }))
found.rpcGet = await data(shop.rpc('add', { a: 4 }, { get: true }))
found.rpcRows = names(await data(shop.rpc('all_people').select('name').eq('id', 1)))
found.head = (await person().select('*', { count: 'exact', head: true }).lt('id', 5)).count
const wrong = await person().select('nope')
found.error = { code: wrong.error.code, status: wrong.status }
found.ticket = await data(
  api.from('helpdesk_ticket').select('subject,customer(name)').eq('id', 1).single(),
)
process.stdout.write(JSON.stringify(found))
