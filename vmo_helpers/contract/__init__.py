"""What a table, a column, a cell and a fault of the data are: the contract that every portfolio keeps."""
