/** Copy and save a table: to the clipboard as tab-separated cells, which spreadsheets take as a table, and as a CSV file. */
import { useState } from 'react'
import { type ResultTable, toCsv, toTsv } from '../../core/table/table-text.ts'
import { download } from '../lib/download.ts'
import { Button } from './basics.tsx'
import { Icon } from './icons.tsx'
import { frame } from './strings.ts'

const words = frame.table

export function TableActs({ title, file, table }: { title: string; file: string; table: () => ResultTable }) {
  const [copied, setCopied] = useState(false)
  return (
    <span className="row table-acts">
      <Button
        label={copied ? words.copiedOf(title) : words.copyOf(title)}
        onPress={() => {
          void navigator.clipboard.writeText(toTsv(table())).then(() => setCopied(true))
        }}
      >
        <Icon name={copied ? 'check' : 'copy'} size={16} />
        {copied ? words.copied : words.copy}
      </Button>
      <Button
        label={words.saveOf(title)}
        onPress={() => download(`${file}.csv`, new Blob([toCsv(table())], { type: 'text/csv' }))}
      >
        {words.csv}
      </Button>
    </span>
  )
}
