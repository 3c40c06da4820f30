-- The resolved configuration of a run, in a window. From each line the user can jump to its source.

local lsp_client = require('gym_lsp.client')
local scratch = require('gym_lsp.scratch')

local M = {}

--- The origins of the lines of each buffer.
---@type table<integer, table>
local origins = {}

local function origin_here()
  local origin = (origins[vim.api.nvim_get_current_buf()] or {})[vim.fn.line('.')]
  -- The server sends null for a line without a source.
  return type(origin) == 'table' and origin or nil
end

local function jump(client)
  local origin = origin_here()
  if not origin then
    vim.notify('gym-lsp: this line does not come from a file')
    return
  end
  -- The file opens in the previous window, so that the resolved configuration stays visible.
  vim.cmd.wincmd('p')
  vim.lsp.util.show_document(origin, client.offset_encoding, { focus = true })
end

local function show_origin()
  local origin = origin_here()
  if origin then
    local path = vim.fn.fnamemodify(vim.uri_to_fname(origin.uri), ':~:.')
    vim.api.nvim_echo({ { ('%s:%d %s'):format(path, origin.range.start.line + 1, origin.how or '') } }, false, {})
  end
end

--- Shows the resolved configuration of a run.
---@param client vim.lsp.Client
---@param run { uri?: string, configs?: string[], overrides?: string[] }
function M.open(client, run)
  local name = 'gym-lsp://resolved/' .. (run.uri and vim.fn.fnamemodify(vim.uri_to_fname(run.uri), ':~:.')
    or table.concat(run.configs, ' '))
  local buffer
  buffer = scratch.open(name, 'yaml', function(on_text)
    lsp_client.execute(client, 'gymLsp.resolved', run, function(resolved)
      origins[buffer] = resolved.lines
      on_text(resolved.text)
    end)
  end)
  for _, key in ipairs({ '<CR>', 'gd' }) do
    vim.keymap.set('n', key, function()
      jump(client)
    end, { buffer = buffer, desc = 'Go to the source of this line' })
  end
  vim.keymap.set('n', 'K', show_origin, { buffer = buffer, desc = 'Show the source of this line' })
end

return M
