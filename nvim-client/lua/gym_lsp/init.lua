-- The entry point: sets the client up on every Neovim that it works with, and tells what the server is doing.

local M = {}

--- Lets Neovim start the server in workspaces that hold NeMo Gym configs.
---@param options? table fields of |vim.lsp.Config| that differ from the default ones, such as `cmd` and `init_options`
function M.setup(options)
  -- Package managers that load a plugin late do not source it.
  vim.cmd.runtime('plugin/gym_lsp.lua')
  if vim.lsp.enable then
    vim.lsp.config('gym_lsp', options or {})
    vim.lsp.enable('gym_lsp')
    return
  end
  local config = vim.tbl_deep_extend('force', require('gym_lsp.config').default(), options or {})
  require('gym_lsp.server').chosen = config.cmd
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

--- What the server of a buffer last said about itself, for status lines; nil where there is none.
---@param buffer? integer the current one by default
---@return { state: string, release?: string, files?: integer, errors?: integer, warnings?: integer }?
function M.status(buffer)
  local client = require('gym_lsp.client').of(buffer or 0)
  return client and require('gym_lsp.config').statuses[client.id]
end

return M
