"""Files as communities keep them: read, understood, checked; no database here.

The way of a file: `tables.open_book` -> `headers.propose` (what each column is) ->
`reading.Reading` (typed rows and refused rows, as a stream) -> `returned.ReturnedBook`
(the refused rows, the reason beside each, to be mended and sent again).
"""
