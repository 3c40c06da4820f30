-- What `vim.lsp.enable('gym_lsp')` starts, in Neovim 0.11 and newer.
return require('gym_lsp.config').default()
