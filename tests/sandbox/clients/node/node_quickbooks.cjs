// Runs node-quickbooks against a sandbox and prints what it saw as JSON. The only thing changed is where it is.
'use strict'

const { promisify } = require('util')
const QuickBooks = require('node-quickbooks')

const at = JSON.parse(process.argv[2])

function connect() {
  QuickBooks.V3_ENDPOINT_BASE_URL = at.base_url + '/v3/company/'
  QuickBooks.TOKEN_URL = at.token_endpoint
  QuickBooks.REVOKE_URL = at.revocation_endpoint
  QuickBooks.USER_INFO_URL = at.userinfo_endpoint
  return new QuickBooks(
    at.client_id, at.client_secret, at.access_token, false, at.realm_id, true, false, null, '2.0', at.refresh_token
  )
}

const qbo = connect()
const call = (name, ...given) => promisify(qbo[name].bind(qbo))(...given)

// What a client of theirs sees of a refusal: the answer's body, or the error of axios that carries it.
async function refusal(name, ...given) {
  try {
    return { unexpected: await call(name, ...given) }
  } catch (error) {
    const answer = error.response ? error.response.data : error
    const found = (answer.Fault || {}).Error || (answer.fault || {}).error || [{}]
    return { status: error.response && error.response.status, code: found[0].code, type: (answer.Fault || answer.fault).type }
  }
}

const sales = (item, amount, more) => ({
  DetailType: 'SalesItemLineDetail', Amount: amount, SalesItemLineDetail: { ItemRef: { value: item } }, ...more
})

const scenarios = {
  async refresh() {
    const before = at.access_token
    const given = await call('refreshAccessToken')
    const company = await call('getCompanyInfo', at.realm_id)
    const user = await call('getUserInfo')
    return { renewed: qbo.token !== before, type: given.token_type, company: company.CompanyName, user }
  },

  async revoke() {
    const realm = at.realm_id
    await call('revokeAccess', true)
    qbo.token = at.access_token
    qbo.realmId = realm
    return refusal('getCompanyInfo', realm)
  },

  async customers() {
    const made = await call('createCustomer', { DisplayName: "O'Hara & Sons + Co", BillAddr: { Line1: '1 Dock St' } })
    const read = await call('getCustomer', made.Id)
    const changed = await call('updateCustomer', { Id: made.Id, SyncToken: made.SyncToken, Notes: 'Pays on Fridays' })
    const found = await call('findCustomers', { DisplayName: "O'Hara & Sons + Co" })
    const gone = await call('updateCustomer', { Id: made.Id, SyncToken: changed.SyncToken, Active: false })
    const both = await call('findCustomers', [{ field: 'Id', value: made.Id }, { field: 'Active', value: [true, false], operator: 'IN' }])
    return { made, read, changed, found: found.QueryResponse, gone, both: both.QueryResponse }
  },

  async find() {
    const page = await call('findVendors', [{ field: 'limit', value: 5 }, { field: 'offset', value: 6 }])
    const all = await call('findAccounts', { fetchAll: true, limit: 40 })
    const like = await call('findCustomers', [{ field: 'DisplayName', value: 'K%', operator: 'LIKE' }])
    const several = await call('findItems', { Id: ['1', '10', '11'] })
    const sorted = await call('findCustomers', { desc: 'DisplayName', limit: 2 })
    const count = await call('findVendors', [{ count: true }])
    const text = await call('findAccounts', "where AccountType = 'Bank' and CurrentBalance < '1000000'")
    const none = await call('findInvoices', { DocNumber: 'no such number' })
    return {
      page: page.QueryResponse, all: all.QueryResponse, like: like.QueryResponse, several: several.QueryResponse,
      sorted: sorted.QueryResponse, count: count.QueryResponse, text: text.QueryResponse, none: none.QueryResponse
    }
  },

  async invoices() {
    const made = await call('createInvoice', { CustomerRef: { value: '1' }, Line: [sales('1', 100.5)] })
    const paid = await call('createPayment', {
      CustomerRef: { value: '1' }, TotalAmt: 40.5,
      Line: [{ Amount: 40.5, LinkedTxn: [{ TxnId: made.Id, TxnType: 'Invoice' }] }]
    })
    const partly = await call('getInvoice', made.Id)
    const voided = await call('updatePayment', { Id: paid.Id, SyncToken: paid.SyncToken, void: true })
    const open = await call('getInvoice', made.Id)
    const empty = await call('voidInvoice', { Id: made.Id, SyncToken: open.SyncToken })
    const other = await call('createInvoice', { CustomerRef: { value: '1' }, Line: [sales('1', 7)] })
    const deleted = await call('deleteInvoice', other.Id)
    const after = await refusal('getInvoice', other.Id)
    return { made, paid, partly, voided, open, empty, deleted, after }
  },

  async purchases() {
    const line = {
      DetailType: 'AccountBasedExpenseLineDetail', Amount: 250, AccountBasedExpenseLineDetail: { AccountRef: { value: '7' } }
    }
    const bill = await call('createBill', { VendorRef: { value: '42' }, Line: [line], requestId: 'once-only' })
    const again = await call('createBill', { VendorRef: { value: '42' }, Line: [line], requestId: 'once-only' })
    const paid = await call('createBillPayment', {
      VendorRef: { value: '42' }, TotalAmt: 250, PayType: 'Check', CheckPayment: { BankAccountRef: { value: '35' } },
      Line: [{ Amount: 250, LinkedTxn: [{ TxnId: bill.Id, TxnType: 'Bill' }] }]
    })
    const settled = await call('getBill', bill.Id)
    const purchase = await call('createPurchase', { PaymentType: 'CreditCard', AccountRef: { value: '42' }, Line: [line] })
    const removed = await call('deletePurchase', { Id: purchase.Id, SyncToken: purchase.SyncToken })
    return { bill, again, paid, settled, purchase, removed }
  },

  async batch() {
    return call('batch', [
      { bId: '1', operation: 'create', Vendor: { DisplayName: 'Batched Lines Inc' } },
      { bId: '2', operation: 'create', Vendor: { DisplayName: 'Batched Lines Inc' } },
      { bId: '3', Query: "select * from Term where Name = 'Net 30'" },
      { bId: '4', operation: 'delete', Invoice: { Id: '99999', SyncToken: '0' } }
    ])
  },

  async changes() {
    const since = new Date(Date.now() - 60000)
    const made = await call('createVendor', { DisplayName: 'Changed Just Now' })
    const invoice = await call('createInvoice', { CustomerRef: { value: '2' }, Line: [sales('1', 5)] })
    await call('deleteInvoice', { Id: invoice.Id, SyncToken: invoice.SyncToken })
    const found = await call('changeDataCapture', ['Vendor', 'Invoice', 'Estimate'], since)
    return { vendor: made.Id, invoice: invoice.Id, answer: found }
  },

  async files() {
    const stream = Buffer.from('%PDF-1.4 proof of delivery')
    const invoice = await call('createInvoice', { CustomerRef: { value: '1' }, Line: [sales('1', 100)] })
    const attached = await call('upload', 'pod.pdf', 'application/pdf', stream, 'Invoice', invoice.Id)
    const alone = await call('upload', 'note.txt', 'text/plain', Buffer.from('late'))
    const listed = await call('findAttachables', { FileName: 'pod.pdf' })
    const removed = await call('deleteAttachable', alone.Id)
    return { invoice: invoice.Id, attached, alone, listed: listed.QueryResponse, removed }
  },

  async forms() {
    const pdf = await call('getInvoicePdf', '130')
    const sent = await call('sendInvoicePdf', '130', 'birds@example.com')
    return { pdf: Buffer.from(pdf).toString('latin1').slice(0, 5), sent }
  },

  async reports() {
    const seen = {}
    for (const name of ['TrialBalance', 'ProfitAndLoss', 'BalanceSheet', 'AgedReceivables', 'AgedPayables', 'TransactionList']) {
      seen[name] = await call('report' + name, { start_date: '2025-01-01', end_date: '2026-12-31' })
    }
    seen.GeneralLedger = await call('reportGeneralLedgerDetail', { start_date: '2025-01-01', end_date: '2026-12-31' })
    return seen
  },

  async everything() {
    const seen = {}
    for (const name of Object.keys(QuickBooks.prototype).filter(each => /^find[A-Z]/.test(each))) {
      try {
        seen[name] = (await call(name, { limit: 3 })).QueryResponse
      } catch (error) {
        const answer = (error.response && error.response.data) || error
        seen[name] = { refused: answer.Fault ? answer.Fault.Error[0].Detail : String(error) }
      }
    }
    return seen
  },

  async singles() {
    const preferences = await call('getPreferences')
    const rate = await call('getExchangeRate', { sourcecurrencycode: 'EUR', asofdate: '2026-01-02' })
    const query = await call('findExchangeRates', [{ field: 'SourceCurrencyCode', value: 'EUR' }])
    return { preferences, rate, query: query.QueryResponse }
  },

  async faults() {
    const made = await call('createCustomer', { DisplayName: 'Twice' })
    const stale = { Id: made.Id, SyncToken: '7', DisplayName: 'Thrice' }
    return {
      duplicate: await refusal('createCustomer', { DisplayName: 'Twice' }),
      stale: await refusal('updateCustomer', stale),
      unknown: await refusal('getCustomer', '99999'),
      letters: await refusal('getCustomer', 'one'),
      field: await refusal('createInvoice', { BadJson: true }),
      missing: await refusal('createBill', { Line: [] }),
      query: await refusal('findCustomers', [{ field: 'NoSuchField', value: 'x' }])
    }
  }
}

scenarios[process.argv[3]]().then(
  seen => process.stdout.write(JSON.stringify(seen)),
  error => {
    const answer = error.response ? error.response.data : error
    process.stderr.write((error.stack || '') + '\n' + JSON.stringify(answer || null) + '\n')
    process.exit(1)
  }
)
