-- Read-only windows with text from the server, beside the file. They are updated after edits.

local M = {}

--- How long a window waits after the last edit before it is updated, in milliseconds.
local DELAY = 150

local function set_lines(buffer, text)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text:gsub('\n$', ''), '\n', { plain = true }))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
end

--- Calls `load` after each edit of a YAML file, as long as the buffer exists.
local function follow(buffer, load)
  local timer = assert(vim.uv.new_timer())
  local group = vim.api.nvim_create_augroup('gym_lsp_scratch_' .. buffer, { clear = true })
  vim.api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI', 'BufWritePost' }, {
    group = group,
    pattern = { '*.yaml', '*.yml' },
    callback = function()
      timer:start(DELAY, 0, vim.schedule_wrap(load))
    end,
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = group,
    buffer = buffer,
    callback = function()
      timer:close()
      vim.api.nvim_del_augroup_by_id(group)
    end,
  })
end

--- Shows a text in a window beside the current one.
---@param name string the name of the buffer; an existing buffer is reused
---@param syntax string
---@param request fun(on_text: fun(text: string)) requests the text; called again after edits
---@return integer buffer
function M.open(name, syntax, request)
  local buffer = vim.fn.bufnr('^' .. vim.fn.escape(name, '[]*?{},\\') .. '$')
  local is_new = buffer == -1
  if is_new then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, name)
    vim.bo[buffer].bufhidden = 'wipe'
  end
  local window = vim.fn.bufwinid(buffer)
  if window == -1 then
    vim.cmd('vertical sbuffer ' .. buffer)
  else
    vim.api.nvim_set_current_win(window)
  end
  local function load()
    request(function(text)
      if vim.api.nvim_buf_is_valid(buffer) then
        set_lines(buffer, text)
      end
    end)
  end
  if is_new then
    -- A file type would attach language servers to this text.
    vim.bo[buffer].syntax = syntax
    vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, desc = 'Close' })
    follow(buffer, load)
  end
  load()
  return buffer
end

return M
