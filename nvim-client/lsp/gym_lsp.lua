-- The configuration that `vim.lsp.enable('gym_lsp')` reads, in Neovim 0.11 and newer.
return require('gym_lsp.config').default()
