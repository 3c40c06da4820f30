-- The entry point: sets up the client on every supported Neovim, and returns the status of the server.

local M = {}

--- Makes Neovim start the server in workspaces that contain NeMo Gym configs.
---@param options? table fields of |vim.lsp.Config| that override the defaults, such as `cmd` and `init_options`
function M.setup(options)
  -- A package manager that loads the plugin late does not source this file.
  vim.cmd.runtime('plugin/gym_lsp.lua')
  if vim.lsp.enable then
    vim.lsp.config('gym_lsp', options or {})
    vim.lsp.enable('gym_lsp')
    return
  end
  local config = vim.tbl_deep_extend('force', require('gym_lsp.config').default(), options or {})
  require('gym_lsp.server').chosen = config.cmd
  require('gym_lsp.config').chosen = config
  local group = vim.api.nvim_create_augroup('gym_lsp', { clear = true })
  local function start(buffer)
    config.root_dir(buffer, function(root)
      vim.lsp.start(vim.tbl_extend('force', config, { root_dir = root }), { bufnr = buffer })
    end)
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = config.filetypes,
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(config.filetypes, vim.bo[buffer].filetype) then
      start(buffer)
    end
  end
end

--- Returns the last status of the server of a buffer, for status lines; nil if no server runs.
---@param buffer? integer the current buffer by default
---@return { state: string, release?: string, files?: integer, errors?: integer, warnings?: integer }?
function M.status(buffer)
  local client = require('gym_lsp.client').of(buffer or 0)
  return client and require('gym_lsp.config').statuses[client.id]
end

return M
